"""Notes: calls one after the other, who speaks while a recording runs, and what was before the first call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from phone_recorder import control_api as api
from phone_recorder.errors import UsageError
from phone_recorder.harness.recorded_session.notes import Notes
from phone_recorder.harness.recorded_session.session import Done, Talk
from phone_recorder.recording.units import SECOND, from_seconds
from tests.harness.recorded_session.sessions import account, session

IDLE = api.Call()
NOTHING = api.RecordState("idle", "idle", "", "", "off")
RUNNING = api.RecordState("recording", "recording", "", "", "on", [account()])
PAUSED = api.RecordState("paused", "paused", "", "", "blinking", [account()])
BOTH = api.Levels(near_db=-12.0, far_db=-80.0)


class Rig:
    """Notes of a phone at 100 s on some clock; what begins is asked once."""

    def __init__(self) -> None:
        self.begun = 0
        self.notes = Notes(self._begin)

    def call(self, at: float, state: str, seconds: float, by_request: bool = False) -> None:
        call = api.Call(state, number="1002", seconds=seconds)  # type: ignore[arg-type]  # one of its states
        self.notes.see(from_seconds(at), call, NOTHING, api.Levels(), by_request)

    def record(self, record: api.RecordState, times: int, apart: float = 0.1) -> None:
        for time in range(times):
            now = 101 + time * apart
            self.notes.see(from_seconds(now), api.Call("connected", seconds=now - 100), record, BOTH)

    @property
    def talks(self) -> list[tuple[float, float, bool]]:
        return [(talk.begun / SECOND, talk.length / SECOND, talk.by_request) for talk in self._talks()]

    def _talks(self) -> Iterator[Talk]:
        yield from self.notes.session().talks

    def _begin(self):  # type: ignore[no-untyped-def]
        self.begun += 1
        return session().beginning


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_a_session_without_a_call_is_none(rig: Rig) -> None:
    rig.call(100, "ringing", 0)
    rig.call(101, "ended", 0)
    assert not rig.notes.called
    with pytest.raises(UsageError, match="no call"):
        rig.notes.session()


def test_a_call_is_as_long_as_it_is_told_to_be(rig: Rig) -> None:
    rig.call(100, "connected", 0.5)
    rig.call(103, "held", 3.5)
    rig.call(105, "ended", 5.25)
    assert rig.talks == [(0, 5.25, False)] and rig.begun == 1


@pytest.mark.parametrize("by_request", [True, False])
def test_who_has_ended_a_call_is_noted(rig: Rig, by_request: bool) -> None:
    rig.call(100, "connected", 0)
    rig.call(102, "ended", 2, by_request)
    rig.call(103, "ended", 2)
    assert rig.talks == [(0, 2, by_request)]


def test_calls_come_one_after_the_other(rig: Rig) -> None:
    rig.call(100, "connected", 0)
    rig.call(102, "ended", 2)
    rig.call(106, "ringing", 0)
    rig.call(110, "connected", 1)
    assert rig.talks == [(0, 2, False), (9, 1, False)] and rig.begun == 1


def test_a_call_whose_end_was_not_seen_is_over_when_another_stands(rig: Rig) -> None:
    rig.call(100, "connected", 0)
    rig.call(102, "connected", 2)
    rig.call(103, "connected", 0.5)
    assert rig.talks == [(0, 2, False), (2.5, 0.5, False)]


def test_what_was_done_before_the_first_call_stood_is_left_out(rig: Rig) -> None:
    for at in (100.0, 99.0, 102.0):
        rig.notes.did(Done(from_seconds(at), api.PressKey("ok")))
    rig.call(101, "connected", 1.0)
    assert [done.at / SECOND for done in rig.notes.session().done] == [0, 2]


@pytest.mark.parametrize(
    ("record", "times", "spoke"), [(RUNNING, 5, ("near",)), (RUNNING, 4, ()), (PAUSED, 5, ()), (NOTHING, 5, None)]
)
def test_who_speaks_while_a_recording_runs_is_noted(
    rig: Rig, record: api.RecordState, times: int, spoke: tuple[str, ...] | None
) -> None:
    rig.record(record, times)
    assert [kept.spoke for kept in rig.notes.session().recordings] == ([] if spoke is None else [spoke])


def test_the_newest_account_of_a_recording_counts(rig: Rig) -> None:
    rig.record(RUNNING, 1)
    rig.record(api.RecordState("idle", "idle", "", "", "off", [account(duration_s=9.0)]), 1)
    [kept] = rig.notes.session().recordings
    assert kept.account["duration_s"] == 9.0


def test_one_level_that_is_told_often_counts_once(rig: Rig) -> None:
    rig.record(RUNNING, 20, apart=0.001)
    assert [kept.spoke for kept in rig.notes.session().recordings] == [()]
