"""What is asked of a medium, and when: by a drive, and by a file on it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from phone_recorder.adapters.medium import REAL, Access, Medium
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.errors import DriveError, DriveFull, DriveGone, DriveReadOnly, SyncFailed
from tests.adapters.record_parts import header

LOOK, CHANGE, WRITE, SYNC = Access


class Asked(Medium):
    """Remembers what it was asked, and refuses what it is told to."""

    def __init__(self) -> None:
        self.accesses: list[Access] = []
        self.refuses: dict[Access, int] = {}
        self.closings = 0

    def ask(self, access: Access) -> None:
        self.accesses.append(access)
        if number := self.refuses.get(access):
            raise OSError(number, os.strerror(number))

    def closed(self) -> None:
        self.closings += 1


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def drive(tmp_path: Path, asked: Asked) -> MountedDrive:
    made = MountedDrive(tmp_path, 10_000, medium=asked)
    asked.accesses.clear()
    return made


def test_a_real_medium_lets_everything_pass() -> None:
    for access in Access:
        REAL.ask(access)
    REAL.closed()


def test_a_file_asks_before_each_write_and_each_sync(drive: MountedDrive, asked: Asked) -> None:
    part = drive.create(iter(["a.wav"]), header(0))
    assert asked.accesses == [LOOK, WRITE, SYNC, SYNC]
    asked.accesses.clear()
    part.append(bytes(320))
    part.checkpoint(header(320))
    assert asked.accesses == [WRITE, SYNC, WRITE, SYNC]
    asked.accesses.clear()
    part.seal(header(160), 236)
    assert asked.accesses == [CHANGE, SYNC, WRITE, SYNC]
    assert asked.closings == 0
    part.close()
    assert asked.closings == 1


@pytest.mark.parametrize(
    ("access", "number", "error"),
    [
        (WRITE, errno.EROFS, DriveReadOnly),
        (WRITE, errno.ENOSPC, DriveFull),
        (WRITE, errno.ENODEV, DriveGone),
        (SYNC, errno.EIO, SyncFailed),
    ],
)
def test_what_it_refuses_is_the_drive_s_error_and_leaves_no_file(
    drive: MountedDrive, asked: Asked, tmp_path: Path, access: Access, number: int, error: type[DriveError]
) -> None:
    asked.refuses = {access: number}
    with pytest.raises(error):
        drive.create(iter(["a.wav"]), header(0))
    assert list(tmp_path.iterdir()) == []
    assert asked.closings == 1


def test_after_a_refusal_the_file_is_as_it_was(drive: MountedDrive, asked: Asked, tmp_path: Path) -> None:
    part = drive.create(iter(["a.wav"]), header(0))
    part.append(bytes(160))
    part.checkpoint(header(160))
    before = (tmp_path / "a.wav").read_bytes()
    asked.refuses = {WRITE: errno.EROFS, CHANGE: errno.EROFS}
    uses: list[Callable[[], None]] = [
        lambda: part.append(bytes(160)),
        lambda: part.checkpoint(header(320)),
        lambda: part.seal(header(80), 156),
    ]
    for use in uses:
        with pytest.raises(DriveReadOnly):
            use()
    part.close()
    assert (tmp_path / "a.wav").read_bytes() == before
    assert part.size == 236


def test_a_drive_asks_before_it_looks_and_before_it_deletes(drive: MountedDrive, asked: Asked) -> None:
    uses: list[tuple[Callable[[], object], Access]] = [
        (drive.check, CHANGE),
        (drive.free, LOOK),
        (drive.names, LOOK),
        (drive.recordings, LOOK),
        (lambda: drive.delete("a.wav"), CHANGE),
    ]
    for use, access in uses:
        asked.refuses = {access: errno.ENODEV}
        with pytest.raises(DriveGone):
            use()


def test_room_that_is_taken_away_while_a_write_waits_is_not_there(tmp_path: Path) -> None:
    class Filling(Asked):
        def ask(self, access: Access) -> None:
            if access is WRITE and made.last_free is not None:
                made.leave(100)

    made = MountedDrive(tmp_path, 10_000, medium=Filling())
    part = made.create(iter(["a.wav"]), header(0))
    made.free()
    with pytest.raises(DriveFull):
        part.append(bytes(160))
    part.close()
    assert (part.size, made.free()) == (176, 0)
