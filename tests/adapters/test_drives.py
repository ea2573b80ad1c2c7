from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PosixPath

import pytest

from phone_recorder.adapters.drives import DirectoryDrive
from phone_recorder.errors import DriveError, DriveFull, DriveGone, DriveReadOnly
from tests.adapters.mounts import remount, tmpfs

HEADER = bytes(range(76))


def names() -> Iterator[str]:
    yield "a.wav"
    yield "b.wav"


def test_of_a_stated_capacity_all_files_are_taken_off(tmp_path: Path) -> None:
    drive = DirectoryDrive(tmp_path, capacity=1000)
    assert drive.free() == 1000
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "song.mp3").write_bytes(bytes(300))
    (tmp_path / ".hidden").write_bytes(bytes(50))
    assert drive.free() == 650
    (tmp_path / "too much").write_bytes(bytes(700))
    assert drive.free() == -50


def test_a_capacity_of_0_is_stated_too(tmp_path: Path) -> None:
    assert DirectoryDrive(tmp_path, capacity=0).free() == 0


def test_without_a_capacity_it_is_the_file_system_that_has_room(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "stick", "size=256k") as stick:
        drive = DirectoryDrive(stick)
        assert drive.free() == 256 << 10
        (stick / "file").write_bytes(bytes(8192))
        assert drive.free() == (256 << 10) - 8192


class Fickle(PosixPath):
    """A directory whose file `a` is deleted while the files are being counted."""

    def rglob(self, *_: object, **__: object) -> Iterator[Path]:  # type: ignore[override]
        Path(self, "a").unlink(missing_ok=True)
        yield from (Path(self, name) for name in "abc")


def test_a_file_that_vanishes_while_the_files_are_counted_is_no_error(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).write_bytes(bytes(100))

    assert DirectoryDrive(Fickle(tmp_path), capacity=1000).free() == 800


def test_only_what_is_on_the_drive_is_counted(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(bytes(500))
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "link").symlink_to(tmp_path / "elsewhere")
    (stick / "dangling").symlink_to(tmp_path / "none")
    assert DirectoryDrive(stick, capacity=1000).free() == 1000


def test_a_new_file_begins_with_the_header_and_takes_the_first_free_name(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"older")
    part = DirectoryDrive(tmp_path).create(names(), HEADER)
    assert part.path == str(tmp_path / "b.wav")
    assert (tmp_path / "b.wav").read_bytes() == HEADER
    assert (tmp_path / "a.wav").read_bytes() == b"older"
    part.close(HEADER, 76)


def test_a_file_may_fill_the_stated_capacity_to_the_byte(tmp_path: Path) -> None:
    (tmp_path / "older").write_bytes(bytes(100))
    drive = DirectoryDrive(tmp_path, capacity=400)
    assert drive.free() == 300
    part = drive.create(names(), HEADER)
    part.append(bytes(224))
    with pytest.raises(DriveFull, match="there is no space left"):
        part.append(b"x")
    assert part.size == 300
    part.close(HEADER, 300)


def test_without_a_capacity_a_file_has_no_bound_of_ours(tmp_path: Path) -> None:
    part = DirectoryDrive(tmp_path).create(names(), HEADER)
    part.append(bytes(1 << 20))
    part.close(HEADER, 76)


def test_a_drive_that_never_was_is_gone_at_once(tmp_path: Path) -> None:
    with pytest.raises(DriveGone, match=r"cannot write to .*none: there is no such"):
        DirectoryDrive(tmp_path / "none")


def test_a_file_is_no_drive(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    with pytest.raises(DriveGone, match="is not a directory"):
        DirectoryDrive(path)
    with pytest.raises(DriveGone, match="not a directory"):
        DirectoryDrive(path / "below")


def test_a_name_that_no_file_system_takes_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(DriveError, match="name is too long"):
        DirectoryDrive(tmp_path / ("x" * 300))


def test_s4_another_directory_in_its_place_is_not_the_drive(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    drive = DirectoryDrive(stick)
    drive.check()
    stick.rename(tmp_path / "pulled out")
    stick.mkdir()
    with pytest.raises(DriveGone, match="is not the one that was there before"):
        drive.check()


def test_the_directory_removed_is_the_drive_removed(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    drive = DirectoryDrive(stick)
    stick.rmdir()
    with pytest.raises(DriveGone, match="there is no such"):
        drive.check()
    with pytest.raises(DriveGone, match="there is no such"):
        drive.create(names(), HEADER)


def test_s4_after_unmounting_nothing_lands_in_the_bare_mount_directory(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    with tmpfs(stick, "size=256k"):
        drive = DirectoryDrive(stick)
        drive.check()
    with pytest.raises(DriveGone, match="is not the one that was there before"):
        drive.check()
    assert list(stick.iterdir()) == []


def test_a_drive_that_turns_read_only_is_write_protected(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "stick", "size=256k") as stick:
        drive = DirectoryDrive(stick)
        drive.check()
        remount(stick, "ro")
        with pytest.raises(DriveReadOnly, match="is write-protected"):
            drive.check()
        with pytest.raises(DriveReadOnly, match="the file system is read-only"):
            drive.create(names(), HEADER)
        with pytest.raises(DriveReadOnly):
            DirectoryDrive(stick)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_drive_that_is_not_ours_to_write_is_write_protected(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(DriveReadOnly, match="is write-protected"):
            DirectoryDrive(tmp_path)
    finally:
        tmp_path.chmod(0o755)
