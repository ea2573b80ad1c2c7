"""A drive that counts its files, and does not try names again that are taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.bulk.fleet.local_drive import CountingDrive
from phone_recorder.errors import DriveFull
from phone_recorder.recording.drive import PartFile
from phone_recorder.recording.drive_names import part_names
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader

NOON = datetime(2024, 1, 31, 12, 0, 0)
HEADER = bytes(RecordHeader(PCMU, 160, 160))


def test_files_of_one_second_have_the_names_that_they_would_have(tmp_path: Path) -> None:
    drive = CountingDrive(MountedDrive(tmp_path, syncs=Syncs.BY_OTHERS))
    (tmp_path / "Record_20240131120000-3.wav").write_bytes(b"another's")
    made = [drive.create(part_names(NOON), HEADER) for _ in range(5)]
    made.append(drive.create(part_names(NOON + timedelta(seconds=1)), HEADER))
    for file in made:
        file.close()
    assert [Path(file.path).stem.partition("1200")[2] for file in made] == ["00", "00-2", "00-4", "00-5", "00-6", "01"]
    assert drive.files == 6


@dataclass
class Full:
    """A drive that takes no file, and what it was asked to make."""

    asked: list[str] = field(default_factory=list)
    takes: bool = False

    def create(self, names: Iterator[str], header: bytes) -> PartFile:
        self.asked.append(next(names))
        if not self.takes:
            raise DriveFull("the drive is full")
        return None  # type: ignore[return-value]


def test_a_name_is_asked_for_once_and_what_cannot_be_made_is_not_counted() -> None:
    full = Full()
    drive = CountingDrive(full)  # type: ignore[arg-type]
    for takes in (False, True, True, False, True):
        full.takes = takes
        with suppress(DriveFull):
            drive.create(part_names(NOON), HEADER)
    stem = "Record_20240131120000"
    assert full.asked == [f"{stem}{end}.wav" for end in ("", "", "-2", "-3", "-3")]
    assert drive.files == 3


def test_the_drive_itself_is_asked_for_all_else(tmp_path: Path) -> None:
    real = MountedDrive(tmp_path, capacity=1000)
    drive = CountingDrive(real)
    drive.check()
    drive.create(part_names(NOON), HEADER).close()
    [path] = drive.recordings()
    assert drive.free() == 1000 - len(HEADER)
    drive.delete(path)
    assert drive.recordings() == []
    with pytest.raises(DriveFull):
        CountingDrive(MountedDrive(tmp_path, capacity=10)).create(part_names(NOON), HEADER)
