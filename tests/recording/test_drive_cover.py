"""Older recordings on a drive in memory, which give way to a new one."""

from __future__ import annotations

import pytest

from phone_recorder.errors import DriveError, DriveFull, DriveReadOnly, FolderFull
from phone_recorder.recording.account import Fault
from phone_recorder.recording.destination import State
from phone_recorder.recording.drive_cover import MOST_FOR_A_FILE
from phone_recorder.recording.drive_destination import DriveDestination
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from tests.recording.memory_drive import NAME, Memory, frame, system_time

OLD = {f"Record_20230101{hour:02}0000.wav": bytearray(1000) for hour in range(5)}


def covering(capacity: int, size_limit: int = 0, reserve: int = 0) -> tuple[Memory, DriveDestination]:
    """A destination that covers older recordings, on a drive with five of 1000 bytes and a song."""
    drive = Memory(capacity)
    drive.files = {"song.mp3": bytearray(1000), **{name: bytearray(data) for name, data in OLD.items()}}
    policy = SpacePolicy(size_limit, reserve, cover=True)
    made = DriveDestination(drive, RecordHeader(PCMU, 160, 160), policy, system_time, drive.room_in)
    made.open(0)
    return drive, made


def test_older_recordings_give_way_oldest_first_and_no_more_than_needed() -> None:
    drive, made = covering(6000 + 76 + 100, size_limit=76 + 10 * 160)
    assert made.state is State.OPEN
    assert made.health.covered == ("Record_20230101000000.wav", "Record_20230101010000.wav")
    assert {"song.mp3", "Record_20230101020000.wav", NAME} <= drive.files.keys()
    assert made.health.remaining is None


def test_older_recordings_stay_while_there_is_room() -> None:
    drive, made = covering(6000 + 76 + 1600, size_limit=76 + 1600)
    assert (made.health.covered, len(drive.files)) == ((), 7)


def test_parts_of_its_own_and_files_of_others_never_give_way() -> None:
    drive, made = covering(6000 + 2 * (76 + 320), size_limit=76 + 320)
    frames = [frame(number) for number in range(100)]
    made.write(0, frames)
    assert isinstance(made.error, DriveFull)
    assert set(drive.files) == {"song.mp3", *(part.path for part in made.parts)}
    assert made.health.covered == tuple(OLD)
    kept = b"".join(bytes(drive.files[part.path][76:]) for part in made.parts)
    assert kept == b"".join(frames)[: len(kept)]
    assert 6000 + 2 * 396 - 1000 - len(kept) < 1000 + 396


@pytest.mark.parametrize(
    ("error", "faults"),
    [(DriveReadOnly("not permitted"), ()), (DriveError("an I/O error"), (Fault(0, "an I/O error"),))],
)
def test_a_recording_that_cannot_be_deleted_is_passed_over(error: DriveError, faults: tuple[Fault, ...]) -> None:
    """That somebody keeps it is no error of the drive."""
    drive = Memory(6000 + 500)
    drive.files = {"song.mp3": bytearray(1000), **{name: bytearray(data) for name, data in OLD.items()}}
    drive.fails_once["delete"] = [error]
    policy = SpacePolicy(76 + 1600, 0, cover=True)
    made = DriveDestination(drive, RecordHeader(PCMU, 160, 160), policy, system_time, drive.room_in)
    made.open(0)
    assert made.state is State.OPEN
    assert made.health.faults == faults
    assert made.health.covered == tuple(OLD)[1:3]
    assert next(iter(OLD)) in drive.files


@pytest.mark.parametrize(("reserve", "covered"), [(5000 - 76 - 160, 5), (5000 - 76 - 159, 0), (1 << 30, 0)])
def test_nothing_is_deleted_in_vain(reserve: int, covered: int) -> None:
    """All five together would not make room for a packet beside the reserve, or just for one."""
    drive, made = covering(6000, reserve=reserve)
    assert len(made.health.covered) == covered
    assert (made.state is State.OPEN) == bool(covered)
    assert len(drive.files) == 6 - covered + (made.state is State.OPEN)


@pytest.mark.parametrize("capacity", [6000, 6500])
def test_what_has_other_names_frees_nothing_and_stays(capacity: int) -> None:
    drive = Memory(capacity)
    drive.files = {"song.mp3": bytearray(1000), **{name: bytearray(data) for name, data in OLD.items()}}
    drive.linked = set(OLD)
    policy = SpacePolicy(0, 0, cover=True)
    made = DriveDestination(drive, RecordHeader(PCMU, 160, 160), policy, system_time, drive.room_in)
    made.open(0)
    assert (made.state is State.OPEN, made.health.covered) == (capacity == 6500, ())
    assert drive.files.keys() >= OLD.keys()


def test_who_cannot_tell_what_it_would_free_deletes_nothing() -> None:
    drive = Memory(6000)
    drive.files = {"song.mp3": bytearray(1000), **{name: bytearray(data) for name, data in OLD.items()}}
    policy = SpacePolicy(0, 0, cover=True)
    made = DriveDestination(drive, RecordHeader(PCMU, 160, 160), policy, system_time)
    made.open(0)
    assert (type(made.error), len(drive.files)) == (DriveFull, 6)


def test_a_drive_filled_by_somebody_else_is_covered_in_mid_part() -> None:
    drive, made = covering(6000 + 76 + 1600, size_limit=76 + 1600)
    made.write(0, [frame(1), frame(2)])
    drive.files["film"] = bytearray(1600 - 320 - 200)
    made.write(160, [frame(3), frame(4)])
    made.write(320, [frame(5)])
    made.close(480, "record key")
    assert made.state is State.CLOSED
    assert made.health.covered
    assert b"".join(drive.safe[part.path][76:] for part in made.parts) == b"".join(map(frame, range(1, 6)))


NO_MORE = "no more files fit"


def crowded(refusals: int, size_limit: int = 0, cover: bool = True) -> tuple[Memory, DriveDestination]:
    """A recording on a drive with room for hours, whose folder has refused a new file so many times."""
    drive = Memory()
    drive.files = {"song.mp3": bytearray(1000), **{name: bytearray(data) for name, data in OLD.items()}}
    drive.fails_once["create"] = [FolderFull(NO_MORE)] * refusals
    policy = SpacePolicy(size_limit, 0, cover)
    made = DriveDestination(drive, RecordHeader(PCMU, 160, 160), policy, system_time, drive.room_in)
    made.open(0)
    return drive, made


@pytest.mark.parametrize("refusals", range(MOST_FOR_A_FILE + 1))
def test_where_no_more_files_fit_the_oldest_give_way_one_for_each_try(refusals: int) -> None:
    drive, made = crowded(refusals)
    assert (made.state, made.health.covered) == (State.OPEN, tuple(OLD)[:refusals])
    assert drive.files.keys() == {"song.mp3", NAME, *tuple(OLD)[refusals:]}


def test_a_folder_that_takes_no_file_after_all_ends_the_recording_and_few_have_given_way() -> None:
    drive, made = crowded(MOST_FOR_A_FILE + 1)
    assert (type(made.error), str(made.error)) == (FolderFull, NO_MORE)
    assert made.health.covered == tuple(OLD)[:MOST_FOR_A_FILE]
    assert (len(drive.files), made.health.remaining) == (6 - MOST_FOR_A_FILE, None)


def test_without_cover_no_recording_gives_way_to_a_file() -> None:
    drive, made = crowded(1, cover=False)
    assert (type(made.error), made.health.covered, len(drive.files)) == (FolderFull, (), 6)
    assert made.health.remaining is None


def test_parts_of_its_own_give_way_to_no_file() -> None:
    drive, made = crowded(0, size_limit=76 + 160)
    made.write(0, [frame(0)])
    for name in OLD:
        del drive.files[name]
    drive.fails_once["create"] = [FolderFull(NO_MORE)]
    made.write(160, [frame(1)])
    assert (type(made.error), set(drive.files)) == (FolderFull, {"song.mp3", NAME})
    assert [part.path for part in made.parts] == [NAME]


def test_the_next_part_begins_where_the_oldest_has_given_way_and_no_audio_is_lost() -> None:
    drive, made = crowded(0, size_limit=76 + 2 * 160)
    frames = [frame(number) for number in range(5)]
    for number, data in enumerate(frames):
        drive.fails_once["create"] = [FolderFull(NO_MORE)]
        made.write(number * 160, [data])
    made.close(5 * 160, "record key")
    assert (made.state, made.health.covered) == (State.CLOSED, tuple(OLD)[:2])
    assert b"".join(drive.safe[part.path][76:] for part in made.parts) == b"".join(frames)


def test_one_that_may_not_be_deleted_is_passed_over_for_a_file_too() -> None:
    drive = Memory()
    drive.files = {name: bytearray(data) for name, data in OLD.items()}
    drive.fails_once = {"create": [FolderFull(NO_MORE)], "delete": [DriveReadOnly("not permitted")]}
    policy = SpacePolicy(0, 0, cover=True)
    made = DriveDestination(drive, RecordHeader(PCMU, 160, 160), policy, system_time, drive.room_in)
    made.open(0)
    assert (made.state, made.health.covered) == (State.OPEN, tuple(OLD)[1:2])
