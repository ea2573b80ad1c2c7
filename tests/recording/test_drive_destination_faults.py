"""A recording onto a drive that fails: what is told, what is kept, and when it is given up."""

from __future__ import annotations

import pytest

from phone_recorder.errors import DriveError, DriveFull, DriveGone, DriveReadOnly, FileLost, SyncFailed
from phone_recorder.recording.account import Fault, Part
from phone_recorder.recording.destination import State
from phone_recorder.recording.drive_destination import MAX_FAILED_SAVES, MAX_FAULTS
from tests.recording.memory_drive import NAME, Memory, destination, frame, header
from tests.recording.streams import SECOND

ERRORS = [DriveGone("it is gone"), DriveReadOnly("it is write-protected"), DriveFull("it is full"), DriveError("odd")]
LOST = FileLost("it was deleted by another program")


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("call", ["check", "free", "create"])
def test_a_drive_that_fails_at_the_start(call: str, error: DriveError) -> None:
    drive = Memory()
    drive.fails[call] = error
    made = destination(drive)
    assert (made.state, made.error, made.parts) == (State.FAILED, error, ())


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("call", ["append", "checkpoint", "check"])
def test_s3_a_drive_that_fails_in_the_middle_ends_it_and_the_file_is_closed(call: str, error: DriveError) -> None:
    drive = Memory()
    made = destination(drive)
    made.write(0, [frame(1)])
    drive.fails[call] = error
    made.write(160, [frame(2)])
    made.advance(SECOND)
    assert (made.state, made.error) == (State.FAILED, error)
    drive.fails.clear()
    made.write(2 * SECOND, [frame(3)])
    made.advance(3 * SECOND)
    made.close(3 * SECOND, "call ended")
    assert (made.state, made.error) == (State.FAILED, error)
    assert frame(3) not in bytes(drive.files["Record_20240131120000.wav"])


def test_the_first_error_is_the_one_that_is_told() -> None:
    drive = Memory()
    made = destination(drive)
    drive.fails |= {"append": DriveGone("first"), "seal": DriveError("second")}
    made.write(0, [frame(1)])
    assert str(made.error) == "first"


def test_a_drive_that_fails_while_a_part_is_ended() -> None:
    drive = Memory()
    made = destination(drive, size_limit=76 + 160)
    made.write(0, [frame(1)])
    drive.fails["seal"] = DriveError("cannot end it")
    made.write(160, [frame(2)])
    assert (made.state, str(made.error)) == (State.FAILED, "cannot end it")
    assert len(drive.files) == 1


def test_a_drive_that_fails_at_the_very_end() -> None:
    drive = Memory()
    made = destination(drive)
    made.write(0, [frame(1)])
    made.advance(SECOND)
    made.write(SECOND, [frame(2)])
    drive.fails["seal"] = DriveGone("it is gone")
    made.close(SECOND, "record key")
    assert (made.state, str(made.error)) == (State.FAILED, "it is gone")
    assert drive.safe["Record_20240131120000.wav"] == header(160) + frame(1)


def test_what_is_counted_as_written_is_what_is_safe_when_the_last_part_could_not_be_made_so() -> None:
    drive = Memory()
    made = destination(drive)
    made.write(0, [frame(1)])
    made.advance(SECOND)
    made.write(SECOND, [frame(2)])
    drive.fails |= {"checkpoint": DriveGone("it is gone"), "seal": DriveGone("it is gone")}
    made.advance(2 * SECOND)
    assert made.parts == (Part("Record_20240131120000.wav", 236, 1, 0.02),)
    assert made.written == 160


def test_s6_one_failed_sync_is_noted_and_the_recording_goes_on() -> None:
    drive = Memory()
    made = destination(drive)
    made.write(0, [frame(1)])
    drive.fails_once["checkpoint"] = [SyncFailed("an I/O error")]
    made.advance(SECOND)
    assert made.health.faults == (Fault(160, "an I/O error; it was written again"),)
    assert drive.safe[NAME] == header(160) + frame(1)
    made.write(SECOND, [frame(2)])
    made.close(SECOND, "record key")
    assert (made.state, made.written) == (State.CLOSED, 320)
    assert drive.safe[NAME] == header(320) + frame(1) + frame(2)
    assert len(made.health.faults) == 1


def test_s6_what_could_not_be_written_twice_is_told_as_perhaps_lost() -> None:
    drive = Memory()
    made = destination(drive)
    made.write(0, [frame(1)])
    drive.fails_once["checkpoint"] = [SyncFailed("an I/O error")] * 2
    made.advance(SECOND)
    assert made.health.faults == (Fault(160, "an I/O error; up to a second of audio may be lost"),)
    assert (made.state, made.safe) == (State.OPEN, (Part(NAME, 76, 0, 0.0),))
    made.write(SECOND, [frame(2)])
    made.advance(2 * SECOND)
    assert made.safe == (Part(NAME, 396, 2, 0.04),)


def test_a_drive_that_keeps_nothing_any_more_is_given_up() -> None:
    drive = Memory()
    made = destination(drive)
    drive.fails["checkpoint"] = drive.fails["seal"] = SyncFailed("an I/O error")
    for second in range(1, MAX_FAILED_SAVES + 1):
        assert made.state is State.OPEN
        made.write(second * SECOND, [frame(second)])
        made.advance(second * SECOND)
    assert (made.state, str(made.error)) == (State.FAILED, "the drive keeps nothing any more: an I/O error")
    assert made.written == 0


def test_failed_syncs_that_are_not_in_a_row_are_survived_and_bounded() -> None:
    drive = Memory()
    made = destination(drive)
    for second in range(1, 3 * MAX_FAULTS):
        made.write(second * SECOND, [frame(second)])
        drive.fails_once["checkpoint"] = [SyncFailed("an I/O error")] * (2 if second % 2 else 0)
        made.advance(second * SECOND)
    assert made.state is State.OPEN
    assert len(made.health.faults) == MAX_FAULTS


def test_s6_a_sync_that_fails_at_the_end_is_tried_again() -> None:
    drive = Memory()
    made = destination(drive)
    made.write(0, [frame(1)])
    drive.fails_once["seal"] = [SyncFailed("an I/O error")]
    made.close(SECOND, "record key")
    assert (made.state, made.written, len(made.health.faults)) == (State.CLOSED, 160, 1)
    assert drive.safe[NAME] == header(160) + frame(1)


def test_s6_an_end_that_was_given_up_is_still_vouched_for_or_told() -> None:
    drive = Memory()
    made = destination(drive)
    made.write(0, [frame(1)])
    drive.fails_once["seal"] = [SyncFailed("an I/O error")] * 2
    made.close(SECOND, "record key")
    assert (made.state, made.written) == (State.CLOSED, 160)
    made = destination(drive)
    made.write(0, [frame(1)])
    drive.fails["seal"] = SyncFailed("an I/O error")
    made.close(SECOND, "record key")
    assert (made.state, made.written) == (State.FAILED, 0)
    assert "the end may be lost" in str(made.error)


def test_s6_a_sync_that_fails_at_the_creation_is_tried_again() -> None:
    drive = Memory()
    drive.fails_once["create"] = [SyncFailed("an I/O error")]
    made = destination(drive)
    assert (made.state, len(made.health.faults)) == (State.OPEN, 1)
    drive.fails["create"] = SyncFailed("an I/O error")
    assert destination(drive).state is State.FAILED


@pytest.mark.parametrize("call", ["append", "checkpoint"])
def test_c10_a_file_that_others_take_away_is_no_part_and_the_recording_goes_on_in_another(call: str) -> None:
    drive = Memory()
    made = destination(drive)
    made.write(0, [frame(1)])
    drive.fails_once[call] = [LOST]
    made.write(160, [frame(2)])
    made.advance(SECOND)
    made.write(SECOND, [frame(3)])
    assert (made.state, [fault.error for fault in made.health.faults]) == (State.OPEN, [str(LOST)])
    made.close(SECOND, "record key")
    assert made.state is State.CLOSED
    [part] = made.parts
    assert part.path in ("Record_20240131120000-2.wav", "Record_20240131120001.wav")
    assert drive.safe[part.path][76:] == (frame(2) + frame(3) if call == "append" else frame(3))
    assert made.written == part.bytes - 76


def test_c10_a_part_that_is_gone_when_the_next_one_begins_is_no_part() -> None:
    drive = Memory()
    made = destination(drive, size_limit=76 + 160)
    made.write(0, [frame(1)])
    drive.fails_once["seal"] = [LOST]
    made.write(SECOND, [frame(2)])
    made.close(SECOND, "record key")
    assert (made.state, [part.path for part in made.parts]) == (State.CLOSED, ["Record_20240131120001.wav"])


@pytest.mark.parametrize("call", ["append", "checkpoint"])
def test_s4_where_it_is_the_drive_that_is_gone_its_file_is_kept(call: str) -> None:
    """Unmounted between two looks: the file is whole, and nothing is where it was."""
    drive = Memory()
    made = destination(drive)
    made.write(0, [frame(1)])
    drive.fails |= {call: LOST, "seal": LOST, "check": DriveGone("it is not the one that was there before")}
    made.write(160, [frame(2)])
    made.advance(SECOND)
    assert (made.state, type(made.error)) == (State.FAILED, DriveGone)
    [part] = made.parts
    assert part.packets == len(drive.files[NAME]) // 160


def test_c10_a_file_that_is_gone_at_the_end_is_told() -> None:
    drive = Memory()
    made = destination(drive)
    made.write(0, [frame(1)])
    made.advance(SECOND)
    drive.fails["seal"] = LOST
    made.close(SECOND, "record key")
    assert (made.state, made.error, made.parts, made.written) == (State.FAILED, LOST, (), 0)


def test_a_drive_on_which_every_new_file_is_lost_at_once_is_given_up() -> None:
    drive = Memory()
    made = destination(drive)
    drive.fails["append"] = LOST
    made.write(0, [frame(1)])
    assert (made.state, made.error, len(drive.files)) == (State.FAILED, LOST, 1)
