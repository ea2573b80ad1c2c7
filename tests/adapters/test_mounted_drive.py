from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.errors import DriveError, DriveFull, DriveGone, DriveReadOnly, UsageError
from tests.adapters.mounts import remount, tmpfs
from tests.record_bytes import record, speech

HEADER = bytes(range(76))


def names() -> Iterator[str]:
    yield "a.wav"
    yield "b.wav"


def test_of_a_stated_capacity_all_files_are_taken_off(tmp_path: Path) -> None:
    drive = MountedDrive(tmp_path, capacity=1000)
    assert drive.free() == 1000
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "song.mp3").write_bytes(bytes(300))
    (tmp_path / ".hidden").write_bytes(bytes(50))
    assert drive.free() == 650
    (tmp_path / "too much").write_bytes(bytes(700))
    assert drive.free() == -50


def test_a_capacity_of_0_is_stated_too(tmp_path: Path) -> None:
    assert MountedDrive(tmp_path, capacity=0).free() == 0


def test_without_a_capacity_it_is_the_file_system_that_has_room(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "stick", "size=256k") as stick:
        drive = MountedDrive(stick)
        assert drive.free() == 256 << 10
        (stick / "file").write_bytes(bytes(8192))
        assert drive.free() == (256 << 10) - 8192


def test_a_file_that_vanishes_while_the_files_are_counted_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive, listed = MountedDrive(tmp_path, capacity=1000), os.scandir

    @contextmanager
    def fickle(path: str | Path) -> Iterator[list[os.DirEntry[str]]]:
        with listed(path) as found:
            entries = list(found)
        (tmp_path / "a").unlink()
        yield entries

    for name in "abc":
        (tmp_path / name).write_bytes(bytes(100))
    monkeypatch.setattr(os, "scandir", fickle)
    assert drive.free() == 800


def test_only_what_is_on_the_drive_is_counted(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(bytes(500))
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "link").symlink_to(tmp_path / "elsewhere")
    (stick / "dangling").symlink_to(tmp_path / "none")
    assert MountedDrive(stick, capacity=1000).free() == 1000


def test_a_new_file_begins_with_the_header_and_takes_the_first_free_name(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"older")
    part = MountedDrive(tmp_path).create(names(), HEADER)
    assert part.path == str(tmp_path / "b.wav")
    assert (tmp_path / "b.wav").read_bytes() == HEADER
    assert (tmp_path / "a.wav").read_bytes() == b"older"
    part.seal(HEADER, 76)
    part.close()


def test_a_file_may_fill_the_stated_capacity_to_the_byte(tmp_path: Path) -> None:
    (tmp_path / "older").write_bytes(bytes(100))
    drive = MountedDrive(tmp_path, capacity=400)
    assert drive.free() == 300
    part = drive.create(names(), HEADER)
    part.append(bytes(224))
    with pytest.raises(DriveFull, match="there is no space left"):
        part.append(b"x")
    assert part.size == 300
    part.seal(HEADER, 300)
    part.close()


def test_without_a_capacity_a_file_has_no_bound_of_ours(tmp_path: Path) -> None:
    part = MountedDrive(tmp_path).create(names(), HEADER)
    part.append(bytes(1 << 20))
    part.seal(HEADER, 76)
    part.close()


def test_a_drive_that_never_was_is_gone_at_once(tmp_path: Path) -> None:
    with pytest.raises(DriveGone, match=r"cannot write to .*none: there is no such"):
        MountedDrive(tmp_path / "none")


def test_a_file_is_no_drive(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    with pytest.raises(DriveGone, match="not a directory"):
        MountedDrive(path)
    with pytest.raises(DriveGone, match="not a directory"):
        MountedDrive(path / "below")


def test_a_name_that_no_file_system_takes_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(DriveError, match="name is too long"):
        MountedDrive(tmp_path / ("x" * 300))


def test_s4_another_directory_in_its_place_is_not_the_drive(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    drive = MountedDrive(stick)
    drive.check()
    stick.rename(tmp_path / "pulled out")
    stick.mkdir()
    with pytest.raises(DriveGone, match="is not the one that was there before"):
        drive.check()


def test_the_directory_removed_is_the_drive_removed(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    drive = MountedDrive(stick)
    stick.rmdir()
    with pytest.raises(DriveGone, match="there is no such"):
        drive.check()
    with pytest.raises(DriveGone, match="there is no such"):
        drive.create(names(), HEADER)


def test_s4_after_unmounting_nothing_lands_in_the_bare_mount_directory(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    with tmpfs(stick, "size=256k"):
        drive = MountedDrive(stick)
        drive.check()
    with pytest.raises(DriveGone, match="is not the one that was there before"):
        drive.check()
    assert list(stick.iterdir()) == []


def test_a_drive_that_turns_read_only_is_write_protected(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "stick", "size=256k") as stick:
        drive = MountedDrive(stick)
        drive.check()
        remount(stick, "ro")
        with pytest.raises(DriveReadOnly, match="is write-protected"):
            drive.check()
        with pytest.raises(DriveReadOnly, match="the file system is read-only"):
            drive.create(names(), HEADER)
        with pytest.raises(DriveReadOnly):
            MountedDrive(stick)


def test_a_stick_that_is_not_plugged_in_is_gone_whatever_the_kernel_says(tmp_path: Path) -> None:
    plugged = [True]
    drive = MountedDrive(tmp_path, present=lambda: plugged[0])
    part = drive.create(names(), HEADER)
    plugged[0] = False
    with pytest.raises(DriveGone, match="the drive was removed"):
        drive.check()
    (tmp_path / "a.wav").unlink()
    with pytest.raises(DriveGone, match="the drive was removed"):
        part.checkpoint(HEADER)
    part.close()


def test_record_files_are_told_oldest_first_and_no_others(tmp_path: Path) -> None:
    drive = MountedDrive(tmp_path)
    whole = record(speech(160), b"PCMU", 160, 160)
    order = ["Record_20240101000000.wav", "Record_20240101000000-2.wav", "Record_20240101000000-10.wav"]
    for name in (*reversed(order), "Record_speech.wav", "song.wav"):
        (tmp_path / name).write_bytes(whole)
    (tmp_path / "Record_20230101000000.wav").write_bytes(b"RIFF" + bytes(100))
    (tmp_path / "Record_20230101000001.wav").mkdir()
    (tmp_path / "Record_20230101000002.wav").symlink_to(order[0])
    os.mkfifo(tmp_path / "Record_20230101000003.wav")
    assert drive.recordings() == [str(tmp_path / name) for name in order]


def test_a_file_that_is_being_recorded_is_not_among_them(tmp_path: Path) -> None:
    drive = MountedDrive(tmp_path)
    part = drive.create(iter(["Record_20240101000000.wav"]), record(b"", b"PCMU", 160, 160))
    assert drive.recordings() == []
    part.close()
    assert drive.recordings() == [part.path]
    drive.delete(part.path)
    assert list(tmp_path.iterdir()) == []


def test_what_another_recorder_has_deleted_meanwhile_is_no_error(tmp_path: Path) -> None:
    MountedDrive(tmp_path).delete(str(tmp_path / "Record_20240101000000.wav"))


def test_what_is_being_written_is_counted_as_it_is_written_and_by_all_together(tmp_path: Path) -> None:
    drive = MountedDrive(tmp_path, capacity=1000)
    first, second = drive.create(names(), HEADER), drive.create(names(), HEADER)
    first.append(bytes(300))
    assert drive.free() == 1000 - 2 * 76 - 300
    second.append(bytes(400))
    with pytest.raises(DriveFull):
        first.append(bytes(149))
    assert drive.free() == 0
    first.close()
    second.close()
    (tmp_path / "a.wav").unlink()
    assert drive.free() == 1000 - 76 - 400


def test_what_deleting_would_free_is_what_the_files_take_and_have_no_other_name_for(tmp_path: Path) -> None:
    names = [f"Record_2024010100000{number}.wav" for number in range(3)]
    with tmpfs(tmp_path / "stick", "size=256k") as stick:
        for name in names:
            (stick / name).write_bytes(bytes(5000))
        os.link(stick / names[0], stick / "kept.wav")
        drive = MountedDrive(stick)
        free = drive.free()
        promised = drive.room_in([*(str(stick / name) for name in names), str(stick / "Record_20240101000009.wav")])
        for name in names:
            drive.delete(str(stick / name))
        assert promised == [0, 8192, 8192, 0]
        assert drive.free() - free == sum(promised)


def test_of_a_stated_capacity_a_file_takes_what_is_in_it(tmp_path: Path) -> None:
    drive = MountedDrive(tmp_path, capacity=10_000)
    (tmp_path / "Record_20240101000000.wav").write_bytes(bytes(5000))
    assert drive.room_in(["Record_20240101000000.wav"]) == [5000]


def test_a_path_that_would_steer_a_terminal_is_told_without_that(tmp_path: Path) -> None:
    stick = tmp_path / "\x1b[2J"
    stick.mkdir()
    drive = MountedDrive(stick)
    stick.rename(tmp_path / "pulled out")
    with pytest.raises(DriveGone) as told:
        drive.check()
    stick.mkdir()
    with pytest.raises(DriveGone) as another:
        drive.check()
    assert "\x1b" not in str(told.value) + str(another.value)


def test_the_last_known_figure_is_told_without_asking(tmp_path: Path) -> None:
    drive = MountedDrive(tmp_path, capacity=1000)
    assert drive.last_free is None
    drive.free()
    (tmp_path / "file").write_bytes(bytes(100))
    assert drive.last_free == 1000
    drive.free()
    assert drive.last_free == 900


def test_a_stated_capacity_can_be_stated_anew_by_what_is_left(tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_bytes(bytes(300))
    drive = MountedDrive(tmp_path, capacity=1000)
    drive.leave(50)
    assert (drive.capacity, drive.last_free, drive.free()) == (350, 50, 50)


def test_without_a_stated_capacity_it_is_not_ours_to_fill(tmp_path: Path) -> None:
    drive = MountedDrive(tmp_path)
    assert drive.capacity is None
    with pytest.raises(UsageError, match="only a drive of a stated capacity can be filled"):
        drive.leave(0)
