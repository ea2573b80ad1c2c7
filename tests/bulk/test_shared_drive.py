"""One drive for thousands of recordings: what it said at the last look, and names that are not tried again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from phone_recorder.bulk.shared_drive import SharedDrive
from phone_recorder.errors import DriveError, DriveGone
from phone_recorder.recording.drive_names import part_names
from tests.recording.memory_drive import Memory, MemoryPart

TIME = datetime(2024, 5, 6, 7, 8, 9)


class Asked:
    """Names for a file, and how many were asked for."""

    def __init__(self, time: datetime) -> None:
        self.names: Iterator[str] = part_names(time)
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.count += 1
        return next(self.names)


def test_each_file_of_a_second_has_the_next_name_and_no_other_is_tried_for_it() -> None:
    memory = Memory()
    drive, asked = SharedDrive(memory), Asked(TIME)
    drive.create(asked, b"")
    for _ in range(50):
        drive.create(part_names(TIME), b"")
    names = part_names(TIME)
    assert list(memory.files) == [next(names) for _ in range(51)]
    assert asked.count == 51


def test_another_second_has_its_own_names_and_what_others_have_made_is_left_alone() -> None:
    memory = Memory()
    drive = SharedDrive(memory)
    later = TIME + timedelta(seconds=1)
    memory.create(part_names(later), b"of another")
    for time in (TIME, later, TIME, later):
        drive.create(part_names(time), b"ours")
    stems = [f"Record_{time:%Y%m%d%H%M%S}" for time in (later, TIME)]
    assert list(memory.files) == [
        *(f"{stems[0]}.wav", f"{stems[1]}.wav", f"{stems[0]}-2.wav", f"{stems[1]}-2.wav", f"{stems[0]}-3.wav")
    ]
    assert bytes(memory.files[f"{stems[0]}.wav"]) == b"of another"


class Broken(Memory):
    """Whose second file cannot be made, when its name is known."""

    broken = False

    def create(self, names: Iterator[str], header: bytes) -> MemoryPart:
        if self.broken:
            self.broken = False
            raise DriveError(f"broken: {next(names)}")
        return super().create(names, header)


def test_after_a_failure_no_name_is_left_out() -> None:
    memory = Broken()
    drive = SharedDrive(memory)
    drive.create(part_names(TIME), b"")
    memory.broken = True
    with pytest.raises(DriveError, match="broken"):
        drive.create(part_names(TIME), b"")
    drive.create(part_names(TIME), b"")
    assert list(memory.files) == [f"Record_{TIME:%Y%m%d%H%M%S}{number}.wav" for number in ("", "-2")]


def test_what_it_says_is_what_the_drive_said_at_the_last_look() -> None:
    memory = Memory()
    drive = SharedDrive(memory)
    memory.fails["check"] = DriveGone("pulled out")
    drive.check()
    drive.look()
    with pytest.raises(DriveGone, match="pulled out"):
        drive.check()
