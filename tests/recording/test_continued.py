"""A destination for the rest of a recording: all that is told of it is told of the whole."""

from __future__ import annotations

from datetime import datetime

import pytest

from phone_recorder.errors import DestinationError, DriveError, SyncFailed
from phone_recorder.recording.account import Account, Fault, Part
from phone_recorder.recording.continued import ContinuedDestination
from phone_recorder.recording.destination import NoDestination, State
from phone_recorder.recording.drive_destination import DriveDestination
from phone_recorder.recording.placement import ByArrival
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.session import Session
from phone_recorder.recording.timeline import Timeline
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from tests.recording.memory_drive import Memory
from tests.recording.sink import Sink
from tests.recording.streams import FRAME, SECOND, talk

BEFORE = 50 * FRAME
FIRST = Part("first", 76 + BEFORE, 50, 1.0)


def test_what_was_kept_before_counts_with_what_comes() -> None:
    sink = Sink()
    made = ContinuedDestination(sink, (FIRST,), BEFORE)
    assert (made.mode, made.state, made.written, made.parts) == ("test", State.OPENING, BEFORE, (FIRST,))
    made.open(5)
    made.write(6, [b"a" * FRAME] * 2)
    made.advance(7)
    assert (made.state, made.written) == (State.OPEN, BEFORE + 2 * FRAME)
    assert made.parts == (FIRST, *sink.parts)
    made.close(8, "bye")
    assert (made.state, sink.reason, sink.calls) == (State.CLOSED, "bye", ["open", "write", "advance", "close"])


def test_its_error_is_the_rests() -> None:
    error = DestinationError("it broke")
    made = ContinuedDestination(Sink("open", error), (FIRST,), BEFORE)
    made.open(0)
    assert made.state is State.FAILED
    assert made.error is error


def test_faults_stand_where_they_are_in_the_whole_recording() -> None:
    drive = Memory()
    rest = DriveDestination(drive, RecordHeader(PCMU, FRAME, FRAME), SpacePolicy(0, 0), lambda _: datetime(2024, 1, 31))
    made = ContinuedDestination(rest, (FIRST,), BEFORE)
    made.open(0)
    made.write(0, [b"a" * FRAME] * 40)
    drive.fails_once["checkpoint"] = [SyncFailed("a bad sector")]
    made.advance(SECOND)
    [fault] = rest.health.faults
    assert fault.at == 40 * FRAME
    assert made.health.faults == (Fault(BEFORE + 40 * FRAME, fault.error),)
    assert made.health.remaining == rest.health.remaining is not None


def test_faults_of_before_come_first_as_they_were() -> None:
    earlier = Fault(3 * FRAME, "an earlier one")
    drive = Memory()
    rest = DriveDestination(drive, RecordHeader(PCMU, FRAME, FRAME), SpacePolicy(0, 0), lambda _: datetime(2024, 1, 31))
    made = ContinuedDestination(rest, (FIRST,), BEFORE, (earlier,))
    made.open(0)
    assert made.health.faults == (earlier,)
    made.write(0, [b"a" * FRAME])
    drive.fails_once["checkpoint"] = [SyncFailed("a bad sector")]
    made.advance(SECOND)
    assert [fault.at for fault in made.health.faults] == [3 * FRAME, BEFORE + FRAME]


@pytest.mark.parametrize(("before", "state"), [(BEFORE, "cut short"), (0, "failed")])
def test_a_rest_that_fails_at_once_leaves_what_was_kept(before: int, state: str) -> None:
    account = Account("id", "local", "PCMU")
    made = ContinuedDestination(NoDestination("local", DriveError("the drive is full")), (FIRST,), before)
    session = Session(0, Timeline(FRAME, SECOND, ByArrival(0)), made, account, PCMU, before=before)
    assert session.finished
    assert (account.state, account.reason, account.recorded) == (state, "the drive is full", before)
    assert account.parts == (FIRST,)


def test_its_account_has_gaps_where_they_are_in_the_whole_recording() -> None:
    account, sink = Account("id", "local", "PCMU"), Sink()
    made = ContinuedDestination(sink, (FIRST,), BEFORE)
    session = Session(0, Timeline(FRAME, SECOND, ByArrival(0)), made, account, PCMU, before=BEFORE)
    for arrival, data in talk("AAAAA  AAA", arrival=1):
        session.receive(arrival, data)
    session.stop(10 * FRAME, "bye")
    session.advance(10 * FRAME + SECOND)
    [gap] = account.gaps.gaps
    assert (gap.start, gap.length) == (BEFORE + 5 * FRAME, 2 * FRAME)
    assert (account.state, account.recorded) == ("recorded", BEFORE + 10 * FRAME)
    assert [part.path for part in account.parts] == ["first", "a"]
