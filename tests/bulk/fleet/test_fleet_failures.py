"""A fleet in virtual time against servers that refuse, say nothing, say nonsense, or go away."""

from __future__ import annotations

import pytest

from phone_recorder.bulk.fleet.durations import Durations
from phone_recorder.bulk.fleet.phone_table import Action
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.errors import UsageError
from phone_recorder.wire import control
from tests.bulk.fleet.rig import SECOND, SERVER, Answer, FakeLink, Rig, accept

PLAN = FleetPlan(SERVER, phones=4, talk=Durations.always(SECOND), rest=Durations.always(SECOND))


def refuse(link: FakeLink, message: control.Message) -> None:
    link.receive(control.build(control.StartResponse(message.id, "failed", "too many"), b"\n"))


def ignore(link: FakeLink, message: control.Message) -> None:
    pass


def garbage(link: FakeLink, message: control.Message) -> None:
    link.receive(b"\x16\x03\x01 not for us\n" * 100)


def endless(link: FakeLink, message: control.Message) -> None:
    link.receive(b"cmd=" + b"x" * 5000)


def close(link: FakeLink, message: control.Message) -> None:
    link.lose("the server has closed it")


def mute_at_the_stop(link: FakeLink, message: control.Message) -> None:
    if isinstance(message, control.StartRequest):
        accept(link, message)


def close_when_begun(link: FakeLink, message: control.Message) -> None:
    accept(link, message)
    link.lose("connection reset by peer")


@pytest.mark.parametrize(
    ("answer", "reason", "started"),
    [
        (refuse, "refused: too many", 0),
        (ignore, "no answer to the start within 5 s", 0),
        (garbage, "its answer cannot be read: ", 0),
        (endless, "its answer cannot be read: more than 4096 bytes", 0),
        (close, "connection lost before any answer: the server has closed it", 0),
        (mute_at_the_stop, "no answer to the stop within 5 s", 4),
        (close_when_begun, "connection lost: connection reset by peer", 4),
    ],
)
def test_what_fails_is_counted_with_its_reason(answer: Answer, reason: str, started: int) -> None:
    rig = Rig(PLAN, answer)
    rig.to_the_end()
    snapshot = rig.fleet.snapshot()
    assert (snapshot.attempted, snapshot.started, snapshot.ended, snapshot.failed) == (4, started, 0, 4)
    ((told, count),) = snapshot.failures.items()
    assert told.startswith(reason)
    assert count == 4
    assert {(outcome.how, outcome.reason) for outcome in rig.outcomes} == {(Action.FAIL, told)}


def test_a_phone_that_failed_calls_again_like_any_other() -> None:
    rig = Rig(FleetPlan(SERVER, phones=2, rest=Durations.always(SECOND), lasts=10 * SECOND), refuse)
    rig.to_the_end()
    assert 18 <= rig.fleet.snapshot().failed <= 22


def test_the_end_of_the_run_waits_for_nobody_for_ever() -> None:
    rig = Rig(PLAN, mute_at_the_stop)
    rig.run(0.5)
    rig.fleet.stop()
    rig.to_the_end(8)
    assert rig.fleet.snapshot().failures == {"no answer to the stop within 5 s": 4}


def test_nowhere_to_send_is_a_failure() -> None:
    rig = Rig(PLAN)

    def begin(*_: object) -> int:
        raise UsageError("nothing can be sent there")

    rig.media.begin = begin  # type: ignore[method-assign, assignment]
    rig.to_the_end()
    snapshot = rig.fleet.snapshot()
    assert (snapshot.started, snapshot.failures) == (0, {"nothing can be sent there": 4})
