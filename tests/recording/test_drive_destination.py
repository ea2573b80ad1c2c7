"""Record files on a drive in memory, which fails when it is told to."""

from __future__ import annotations

import struct
from datetime import datetime, timedelta

import pytest

from phone_recorder.errors import DriveError, DriveFull, DriveGone, DriveReadOnly
from phone_recorder.recording.account import Part
from phone_recorder.recording.destination import State
from phone_recorder.recording.drive_destination import DriveDestination
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from tests.recording.memory_drive import Memory

SECOND = 8000
BEGINS_AT = datetime(2024, 1, 31, 12, 0, 0)


def frame(number: int) -> bytes:
    return number.to_bytes(4, "big") * 40


def header(data_size: int) -> bytes:
    return struct.pack("<64siiI", b"PCMU", 160, 160, data_size)


def system_time(instant: int) -> datetime:
    return BEGINS_AT + timedelta(seconds=instant / SECOND)


def destination(drive: Memory, size_limit: int = 0, reserve: int = 0) -> DriveDestination:
    made = DriveDestination(drive, RecordHeader(PCMU, 160, 160), SpacePolicy(size_limit, reserve), system_time)
    made.open(0)
    return made


def test_a_recording_is_a_file_that_is_true_at_its_end() -> None:
    drive = Memory()
    made = destination(drive)
    assert (made.state, drive.files) == (State.OPEN, {"Record_20240131120000.wav": bytearray(header(0))})
    made.write(160, [frame(1)])
    made.write(320, [])
    made.write(480, [frame(2), frame(3)])
    assert (made.written, made.error) == (480, None)
    made.close(480, "record key")
    assert made.state is State.CLOSED
    assert drive.safe == {"Record_20240131120000.wav": header(480) + frame(1) + frame(2) + frame(3)}
    assert made.parts == (Part("Record_20240131120000.wav", 556, 3, 0.06),)


def test_a_recording_of_nothing_is_a_header() -> None:
    drive = Memory()
    made = destination(drive)
    made.close(0, "record key")
    assert drive.safe == {"Record_20240131120000.wav": header(0)}
    assert made.parts == (Part("Record_20240131120000.wav", 76, 0, 0.0),)


@pytest.mark.parametrize("tick", [80, 160, 800, 1600])
def test_s1_no_audio_is_a_second_old_and_not_yet_safe(tick: int) -> None:
    drive = Memory()
    made = destination(drive)
    written_at: list[int] = []
    for now in range(tick, 5 * SECOND, tick):
        due = range(len(written_at) * 160, now - 159, 160)
        made.write(now, [frame(0) for _ in due])
        written_at += [now for _ in due]
        made.advance(now)
        safe = (len(drive.safe.get("Record_20240131120000.wav", bytes(76))) - 76) // 160
        assert all(now - instant < SECOND for instant in written_at[safe:])


def test_each_checkpoint_asks_whether_the_drive_is_still_there() -> None:
    drive = Memory()
    made = destination(drive)
    drive.fails["check"] = DriveGone("it is gone")
    made.advance(SECOND // 2)
    assert made.state is State.OPEN
    made.advance(SECOND)
    assert (made.state, str(made.error)) == (State.FAILED, "it is gone")


@pytest.mark.parametrize("frames_at_once", [1, 3, 10, 100])
def test_m15_parts_joined_are_the_stream(frames_at_once: int) -> None:
    drive = Memory()
    made = destination(drive, size_limit=76 + 4 * 160)
    frames = [frame(number) for number in range(100)]
    for start in range(0, 100, frames_at_once):
        made.write(start * 160, frames[start : start + frames_at_once])
    made.close(100 * 160, "record key")
    assert b"".join(bytes(file[76:]) for file in drive.files.values()) == b"".join(frames)
    assert {bytes(file[:76]) for file in drive.files.values()} == {header(640)}
    assert {len(file) for file in drive.files.values()} == {76 + 640}
    assert (len(made.parts), made.written) == (25, 16000)
    assert drive.safe == drive.files


def test_s11_a_limit_reached_exactly_begins_no_new_file() -> None:
    drive = Memory()
    made = destination(drive, size_limit=76 + 320)
    made.write(0, [frame(1), frame(2)])
    assert len(drive.files) == 1
    made.close(0, "record key")
    assert list(map(len, drive.files.values())) == [396]


def test_s11_a_packet_more_than_the_limit_begins_one() -> None:
    drive = Memory()
    made = destination(drive, size_limit=76 + 320)
    made.write(0, [frame(1), frame(2), frame(3)])
    made.close(0, "record key")
    assert list(map(len, drive.files.values())) == [396, 236]
    assert [part.packets for part in made.parts] == [2, 1]


def test_parts_are_named_by_the_second_in_which_they_begin() -> None:
    drive = Memory()
    made = destination(drive, size_limit=76 + 160)
    made.write(0, [frame(0)])
    made.write(SECOND // 2, [frame(1)])
    made.write(2 * SECOND, [frame(2)])
    assert list(drive.files) == [
        "Record_20240131120000.wav",
        "Record_20240131120000-2.wav",
        "Record_20240131120002.wav",
    ]


def test_s10_two_recordings_that_start_in_one_second_have_a_file_each() -> None:
    drive = Memory()
    first, second = destination(drive), destination(drive)
    first.write(0, [frame(1)])
    second.write(0, [frame(2)])
    first.close(0, "record key")
    second.close(0, "record key")
    assert drive.safe == {
        "Record_20240131120000.wav": header(160) + frame(1),
        "Record_20240131120000-2.wav": header(160) + frame(2),
    }


def test_a_full_drive_takes_no_recording() -> None:
    drive = Memory(capacity=1000 + 76 + 159)
    made = destination(drive, reserve=1000)
    assert isinstance(made.error, DriveFull)
    assert (made.state, made.parts, made.written, drive.files) == (State.FAILED, (), 0, {})
    made.write(0, [frame(1)])
    made.advance(SECOND)
    assert drive.files == {}


def test_s2_no_room_for_the_next_part_stops_it_with_all_files_whole() -> None:
    drive = Memory(capacity=100 + 2 * (76 + 320) + 76 + 159)
    made = destination(drive, size_limit=76 + 320, reserve=100)
    made.write(0, [frame(number) for number in range(5)])
    assert isinstance(made.error, DriveFull)
    assert made.state is State.FAILED
    assert list(drive.safe.values()) == [header(320) + frame(0) + frame(1), header(320) + frame(2) + frame(3)]
    assert made.written == 640


def test_s2_a_drive_that_fills_up_in_mid_packet_keeps_whole_packets() -> None:
    """Somebody else fills it: our own bookkeeping knew of more room."""
    drive = Memory(capacity=10_000)
    made = destination(drive)
    made.write(0, [frame(1)])
    drive.capacity = 76 + 160 + 100
    made.write(160, [frame(2)])
    assert (made.state, str(made.error)) == (State.FAILED, "there is no space left")
    assert drive.safe == {"Record_20240131120000.wav": header(160) + frame(1)}
    assert made.parts == (Part("Record_20240131120000.wav", 236, 1, 0.02),)


ERRORS = [DriveGone("it is gone"), DriveReadOnly("it is write-protected"), DriveFull("it is full"), DriveError("odd")]


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
    drive.fails |= {"append": DriveGone("first"), "close": DriveError("second")}
    made.write(0, [frame(1)])
    assert str(made.error) == "first"


def test_a_drive_that_fails_while_a_part_is_ended() -> None:
    drive = Memory()
    made = destination(drive, size_limit=76 + 160)
    made.write(0, [frame(1)])
    drive.fails["close"] = DriveError("cannot end it")
    made.write(160, [frame(2)])
    assert (made.state, str(made.error)) == (State.FAILED, "cannot end it")
    assert len(drive.files) == 1


def test_a_drive_that_fails_at_the_very_end() -> None:
    drive = Memory()
    made = destination(drive)
    made.write(0, [frame(1)])
    made.advance(SECOND)
    made.write(SECOND, [frame(2)])
    drive.fails["close"] = DriveGone("it is gone")
    made.close(SECOND, "record key")
    assert (made.state, str(made.error)) == (State.FAILED, "it is gone")
    assert drive.safe["Record_20240131120000.wav"] == header(160) + frame(1)


def test_what_is_counted_as_written_is_what_is_safe_when_the_last_part_could_not_be_made_so() -> None:
    drive = Memory()
    made = destination(drive)
    made.write(0, [frame(1)])
    made.advance(SECOND)
    made.write(SECOND, [frame(2)])
    drive.fails |= {"checkpoint": DriveGone("it is gone"), "close": DriveGone("it is gone")}
    made.advance(2 * SECOND)
    assert made.parts == (Part("Record_20240131120000.wav", 236, 1, 0.02),)
    assert made.written == 160
