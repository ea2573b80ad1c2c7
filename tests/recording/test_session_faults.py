"""Sessions whose destination fails, takes its time, or is none at all."""

from __future__ import annotations

import pytest

from phone_recorder.errors import DriveFull
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import NoDestination, State
from phone_recorder.recording.placement import Told
from phone_recorder.recording.session import Session
from phone_recorder.recording.timeline import Timeline
from phone_recorder.wire.payload import PCMU
from tests.recording.session_rig import TICK, Rig
from tests.recording.sink import Sink
from tests.recording.streams import FRAME, SECOND


@pytest.mark.parametrize(
    ("fail_in", "after", "state"),
    [
        ("open", 1, "failed"),
        ("write", 1, "failed"),
        ("write", 5, "cut short"),
        ("advance", 1, "cut short"),
        ("advance", 7, "cut short"),
        ("close", 1, "cut short"),
    ],
)
def test_a_destination_may_fail_at_any_moment(fail_in: str, after: int, state: str) -> None:
    rig = Rig(Sink(fail_in, DriveFull("no room"), after))
    rig.until(SECOND)
    rig.session.stop(SECOND, "record key")
    rig.finish(SECOND)
    assert (rig.account.state, rig.account.reason) == (state, "no room")
    assert (rig.session.error, rig.account.parts) == (rig.sink.error, rig.sink.parts)
    assert rig.account.recorded == rig.sink.written
    assert "mixed" in rig.account.streams
    calls = list(rig.sink.calls)
    rig.session.advance(9 * SECOND)
    assert rig.sink.calls == calls


def test_a_destination_that_fails_while_it_closes_has_failed() -> None:
    rig = Rig(Sink("advance", after=11, slow=9))
    rig.until(SECOND)
    rig.session.stop(SECOND, "record key")
    rig.finish(SECOND)
    assert (rig.account.state, rig.account.reason) == ("cut short", "it broke")


def test_a_close_that_takes_its_time_is_waited_for() -> None:
    rig = Rig(Sink(slow=3))
    rig.until(SECOND)
    rig.session.stop(SECOND, "record key")
    states = []
    for now in range(SECOND, SECOND + 5 * TICK, TICK):
        rig.send(now)
        rig.session.advance(now)
        states.append(rig.account.state)
    assert states == ["recording"] * 3 + ["recorded"] * 2
    assert len(rig.kept) == 50


def test_c1_a_stop_while_the_start_is_pending_is_a_clean_cancel() -> None:
    rig = Rig(Sink(pending=True))
    rig.until(SECOND)
    rig.session.stop(SECOND, "record key")
    rig.finish(SECOND)
    assert (rig.account.state, rig.sink.state, rig.account.recorded) == ("cancelled", State.CANCELLED, 0)


def test_without_a_destination_it_has_failed_with_the_reason() -> None:
    account = Account("id", "local", "PCMU")
    destination = NoDestination("local", DriveFull("no stick"))
    session = Session(0, Timeline(FRAME, SECOND, Told(0)), destination, account, PCMU)
    session.advance(TICK)
    assert (session.finished, account.state, account.reason) == (True, "failed", "no stick")
