"""Record files on a drive in memory, which fails when it is told to."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from phone_recorder.errors import DriveFull, DriveGone, FileTooLarge
from phone_recorder.recording.account import Part
from phone_recorder.recording.destination import State
from phone_recorder.recording.drive_destination import DriveDestination
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from tests.recording.memory_drive import BEGINS_AT, Memory, destination, frame, header
from tests.recording.streams import SECOND


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


def test_a_recording_of_which_nothing_comes_leaves_the_drive_in_peace() -> None:
    drive = Memory()
    made = destination(drive)
    made.write(0, [frame(1)])
    made.advance(SECOND)
    drive.fails["checkpoint"] = AssertionError("it was written to")  # type: ignore[assignment]
    for second in range(2, 10):
        made.advance(second * SECOND)
    assert made.safe == made.parts
    del drive.fails["checkpoint"]
    made.write(10 * SECOND, [frame(2)])
    made.advance(10 * SECOND)
    assert drive.safe == {"Record_20240131120000.wav": header(320) + frame(1) + frame(2)}


def test_s4_a_drive_that_is_pulled_while_nothing_comes_is_noticed() -> None:
    drive = Memory()
    made = destination(drive)
    made.write(0, [frame(1)])
    made.advance(SECOND)
    drive.fails["check"] = DriveGone("it is gone")
    made.advance(2 * SECOND)
    assert (made.state, str(made.error)) == (State.FAILED, "it is gone")


def test_the_reserve_is_kept_when_others_write_while_nothing_comes() -> None:
    drive = Memory(capacity=1000 + 76 + 100 * 160)
    made = destination(drive, reserve=1000)
    made.write(0, [frame(1)])
    made.advance(SECOND)
    drive.files["film"] = bytearray(90 * 160)
    made.advance(2 * SECOND)
    made.write(3 * SECOND, [frame(number) for number in range(50)])
    assert (type(made.error), made.written) == (DriveFull, 10 * 160)
    assert drive.free() >= 1000


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


def test_s10_a_clock_that_is_put_back_disturbs_the_order_of_no_parts() -> None:
    """An hour is repeated in the middle of the recording, or the clock is set for the first time."""
    drive = Memory()
    told = iter([BEGINS_AT, BEGINS_AT - timedelta(hours=1), datetime(1970, 1, 1)])
    policy = SpacePolicy(76 + 160)
    made = DriveDestination(drive, RecordHeader(PCMU, 160, 160), policy, lambda _: next(told))
    made.open(0)
    for second in range(3):
        made.write(second * SECOND, [frame(second)])
    assert [part.path for part in made.parts] == [
        "Record_20240131120000.wav",
        "Record_20240131120001.wav",
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


def test_the_reserve_is_kept_when_others_write_in_mid_part() -> None:
    drive = Memory(capacity=1000 + 76 + 100 * 160)
    made = destination(drive, reserve=1000)
    made.write(0, [frame(1)])
    drive.files["film"] = bytearray(90 * 160)
    made.advance(SECOND)
    made.write(SECOND, [frame(number) for number in range(50)])
    assert (made.state, type(made.error)) == (State.FAILED, DriveFull)
    assert drive.free() >= 1000
    assert made.written == 10 * 160


def test_s9_where_the_file_system_takes_no_more_in_a_file_another_begins() -> None:
    drive = Memory()
    drive.largest = 76 + 2 * 160 + 100
    made = destination(drive)
    frames = [frame(number) for number in range(7)]
    made.write(0, frames)
    made.close(0, "record key")
    assert made.state is State.CLOSED
    assert b"".join(drive.safe[name][76:] for name in drive.files) == b"".join(frames)
    assert [part.packets for part in made.parts] == [2, 2, 2, 1]


def test_s9_a_file_system_that_takes_no_packet_in_any_file_ends_it() -> None:
    drive = Memory()
    drive.largest = 76 + 159
    made = destination(drive)
    made.write(0, [frame(1)])
    assert (made.state, type(made.error)) == (State.FAILED, FileTooLarge)


def test_what_remains_when_the_drive_is_full_is_nothing() -> None:
    drive = Memory(capacity=76 + 10 * 160)
    made = destination(drive)
    made.write(0, [frame(number) for number in range(20)])
    assert (type(made.error), made.health.remaining) == (DriveFull, 0)


def test_a_drive_that_is_gone_is_not_asked_for_what_remains() -> None:
    drive = Memory()
    made = destination(drive)
    before = made.health.remaining
    drive.fails["append"] = DriveGone("it is gone")
    drive.fails["free"] = AssertionError("it was asked")  # type: ignore[assignment]
    made.write(0, [frame(1)])
    assert (made.state, made.health.remaining) == (State.FAILED, before)


def test_what_remains_is_known_from_the_beginning_and_shrinks() -> None:
    drive = Memory(capacity=1000 + 76 + 10 * 160 + 5)
    made = destination(drive, reserve=1000)
    # The file has been begun: a header of its own is kept for the rest, which may be another part.
    assert made.health.remaining == (10 * 160 + 5 - 76) // 160 * 160
    made.write(0, [frame(1), frame(2)])
    made.advance(SECOND)
    assert made.health.remaining == (8 * 160 + 5 - 76) // 160 * 160
