"""The folder on a drive that recordings go to, and whether this user may write there."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from phone_recorder.adapters.drive_errors import drive_errors
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.errors import DriveError, DriveReadOnly
from tests.adapters.mounts import tmpfs

HEADER = bytes(range(76))


def names() -> Iterator[str]:
    yield "a.wav"
    yield "b.wav"


def test_recordings_go_to_the_folder_which_is_made(tmp_path: Path) -> None:
    drive = MountedDrive(tmp_path, folder="phone/calls")
    assert not (tmp_path / "phone").exists()
    part = drive.create(names(), HEADER)
    part.close()
    assert part.path == str(tmp_path / "phone" / "calls" / "a.wav")
    assert Path(part.path).read_bytes() == HEADER


def test_a_folder_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    stick, elsewhere = tmp_path / "stick", tmp_path / "elsewhere"
    stick.mkdir()
    elsewhere.mkdir()
    (stick / "calls").symlink_to(elsewhere)
    with pytest.raises(DriveError):
        MountedDrive(stick, folder="calls").create(names(), HEADER)
    assert list(elsewhere.iterdir()) == []


def test_another_file_system_mounted_at_the_folder_is_not_the_drive(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "calls", "size=256k") as calls:
        with pytest.raises(DriveError):
            MountedDrive(tmp_path, folder="calls").create(names(), HEADER)
        assert list(calls.iterdir()) == []


def test_a_folder_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "calls").write_bytes(b"")
    with pytest.raises(DriveError):
        MountedDrive(tmp_path, folder="calls").create(names(), HEADER)


def test_the_names_of_record_files_are_told_oldest_first(tmp_path: Path) -> None:
    drive = MountedDrive(tmp_path, folder="calls")
    assert drive.names() == []
    for name in ("Record_20240101000000-2.wav", "Record_20240101000000.wav", "song.wav"):
        (tmp_path / "calls" / name).write_bytes(b"")
    assert drive.names() == ["Record_20240101000000.wav", "Record_20240101000000-2.wav"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize(
    ("root", "calls", "folder", "permitted"),
    [
        (0o555, 0o755, "", False),
        (0o555, 0o755, "calls", True),
        (0o755, 0o555, "", True),
        (0o755, 0o555, "calls", False),
        (0o755, 0o555, "calls/new", False),
        (0o755, 0o755, "new/newer", True),
        (0o555, 0o755, "new", False),
    ],
)
def test_where_this_user_may_not_write_that_is_said_and_not_that_it_is_protected(
    tmp_path: Path, root: int, calls: int, folder: str, permitted: bool
) -> None:
    """The folder counts, and where that is not there yet the one that it is made in."""
    (tmp_path / "calls").mkdir(mode=calls)
    tmp_path.chmod(root)
    try:
        with nullcontext() if permitted else pytest.raises(DriveReadOnly, match="this user may not write to"):
            MountedDrive(tmp_path, folder=folder)
    finally:
        tmp_path.chmod(0o755)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_what_is_not_permitted_is_not_write_protected(tmp_path: Path, number: int) -> None:
    with pytest.raises(DriveReadOnly, match=r"^cannot write to .*permi(ssion|tted)"), drive_errors(tmp_path):
        raise OSError(number, os.strerror(number))
