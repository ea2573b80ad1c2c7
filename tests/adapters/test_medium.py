"""What is asked of a medium, and when: by a drive, and by a file on it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from phone_recorder.adapters.drive_errors import limit_reached
from phone_recorder.adapters.medium import REAL, Access, Medium, MediumErrors, Refused
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.errors import DriveError, DriveFull, DriveGone, DriveReadOnly, FileTooLarge, FolderFull, SyncFailed
from tests.adapters.file_limit import no_file_above
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


class Limited(Asked):
    """Files on it have at most 236 bytes, and a folder at most one; remembers what the system has failed with."""

    largest_file = 236

    def __init__(self) -> None:
        super().__init__()
        self.failures: list[OSError] = []

    def make(self, folder: int) -> None:
        if os.listdir(folder):
            raise Refused(errno.ENOSPC)

    def failed(self, error: OSError) -> None:
        self.failures.append(error)


def test_a_file_takes_what_it_may_hold_and_then_another_is_needed(tmp_path: Path) -> None:
    part = MountedDrive(tmp_path, 10_000, medium=Limited()).create(iter(["a.wav"]), header(0))
    part.append(bytes(100))
    for _ in range(2):
        with pytest.raises(FileTooLarge, match="file too large"):
            part.append(bytes(100))
        assert part.size == 236
    part.close()


@pytest.mark.parametrize("capacity", [10_000_000, None])
def test_where_no_more_files_fit_that_is_said_though_there_is_room(tmp_path: Path, capacity: int | None) -> None:
    drive = MountedDrive(tmp_path, capacity, medium=Limited())
    drive.create(iter(["a.wav"]), header(0)).close()
    with pytest.raises(FolderFull, match="the drive is full: no more files fit into this folder"):
        drive.create(iter(["b.wav"]), header(0))
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_where_there_is_no_room_either_that_is_what_is_said(tmp_path: Path) -> None:
    drive = MountedDrive(tmp_path, 10_000, medium=Limited())
    drive.create(iter(["a.wav"]), header(0)).close()
    with pytest.raises(DriveFull, match="there is no space left") as caught:
        drive.create(iter(["b.wav"]), header(0))
    assert not isinstance(caught.value, FolderFull)


def test_a_folder_that_takes_the_hidden_file_and_not_its_name_takes_no_more_files_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAT makes the new entry before it drops the old one."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(FolderFull):
        MountedDrive(tmp_path).create(iter(["a.wav"]), header(0))
    assert list(tmp_path.iterdir()) == []


def test_what_the_system_fails_with_is_told_to_the_medium_and_what_that_has_refused_is_not(tmp_path: Path) -> None:
    medium = Limited()
    part = MountedDrive(tmp_path, 10_000, medium=medium).create(iter(["a.wav"]), header(0))
    with pytest.raises(FileTooLarge):
        part.append(bytes(1000))
    assert medium.failures == []
    part.close()


def test_a_disk_that_fails_below_a_medium_is_told_to_it(tmp_path: Path) -> None:
    medium = Limited()
    part = MountedDrive(tmp_path, 10_000, medium=medium).create(iter(["a.wav"]), header(0))
    with no_file_above(100), pytest.raises(FileTooLarge):
        part.append(bytes(60))
    part.close()
    assert [error.errno for error in medium.failures] == [errno.EFBIG]


def test_where_the_machine_sets_a_process_a_limit_that_is_what_is_said(tmp_path: Path) -> None:
    """The drive would take more, and another file of it does: so the recording goes on there, as on FAT32."""
    part = MountedDrive(tmp_path).create(iter(["a.wav"]), header(0))
    with no_file_above(1100), pytest.raises(FileTooLarge) as caught:
        part.append(bytes(2000))
    part.close()
    assert str(caught.value) == (
        f"cannot write to {tmp_path}: a file may have no more than 1,100 bytes on this machine: raise `ulimit -f`"
    )
    assert part.size == 1100


def test_a_limit_that_was_not_met_is_not_spoken_of() -> None:
    with no_file_above(1000):
        assert limit_reached(OSError(errno.EFBIG, ""), 999) is None
        assert limit_reached(OSError(errno.ENOSPC, ""), 1000) is None
        assert limit_reached(OSError(errno.EFBIG, ""), 1000) is not None
    assert limit_reached(OSError(errno.EFBIG, ""), 1 << 62) is None


def test_a_disk_that_fails_as_a_folder_is_looked_for_or_a_file_deleted_is_told_too(tmp_path: Path) -> None:
    medium = Limited()
    with pytest.raises(DriveError):
        # A name that FAT takes, and of 256 bytes here.
        MountedDrive(tmp_path, 10_000, folder="\N{SNOWMAN}" * 85 + "a", medium=medium)
    assert [error.errno for error in medium.failures] == [errno.ENAMETOOLONG]
    (tmp_path / "a.wav").mkdir()
    with pytest.raises(DriveError):
        MountedDrive(tmp_path, 10_000, medium=medium).delete(str(tmp_path / "a.wav"))
    assert [error.errno for error in medium.failures][1:] == [errno.EISDIR]


def test_a_real_medium_is_told_too_and_does_not_mind(tmp_path: Path) -> None:
    REAL.failed(OSError(errno.EIO, "broken"))
    with pytest.raises(DriveError), MediumErrors(REAL, tmp_path, lambda: True):
        raise OSError(errno.EIO, "broken")
