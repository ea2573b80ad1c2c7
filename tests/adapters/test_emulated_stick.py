"""The port of an emulated stick, while nothing is recorded; test_emulated_stick_recording.py has what is."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from pathlib import Path

import pytest

from phone_recorder.adapters.drives import choose
from phone_recorder.adapters.emulated_stick import DEVICE, EmulatedPort, StickState
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.errors import DriveFull, DriveGone, NoDrive, UsageError
from tests.adapters.sticks import CUT_SHORT, NAME

MIB = 1 << 20


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return tmp_path / "stick"


@pytest.fixture
def port(stick: Path) -> EmulatedPort:
    return EmulatedPort(stick)


def drive_in(port: EmulatedPort) -> MountedDrive:
    assert port.state.drive is not None
    return port.state.drive


def test_without_a_stick_it_says_what_the_real_port_says(port: EmulatedPort, stick: Path) -> None:
    with pytest.raises(NoDrive) as real:
        choose([])
    assert isinstance(port.state.error, NoDrive)
    assert port.state.news == str(real.value)
    assert port.state.drive is None
    assert port.stick == StickState(False, None, None, 0, False, "STICK", "FAT32", DEVICE, False)
    assert not stick.exists()


def test_a_stick_that_is_plugged_in_is_ready(port: EmulatedPort, stick: Path) -> None:
    port.insert(2 * MIB)
    assert (port.state.news, port.state.name) == ("the USB drive STICK is ready", "STICK")
    assert drive_in(port).path == stick
    assert port.stick == StickState(True, 2 * MIB, 2 * MIB, 0, False, "STICK", "FAT32", DEVICE, False)
    document = port.state.document()
    assert (document["mount"], document["device"], document["label"]) == (str(stick), DEVICE, "STICK")


def test_a_second_one_does_not_fit(port: EmulatedPort) -> None:
    port.insert(MIB)
    drive = drive_in(port)
    with pytest.raises(UsageError, match="plugged in already: pull it out first"):
        port.insert(2 * MIB)
    assert (port.stick.capacity, drive_in(port)) == (MIB, drive)


def test_what_is_not_in_cannot_be_pulled_out(port: EmulatedPort) -> None:
    with pytest.raises(UsageError, match="no emulated stick is plugged in: insert it first"):
        port.pull()


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"file_system": ""}, "there is no file system on it: format it with FAT32 or exFAT"),
        (
            {"file_system": "NTFS"},
            "its file system is none that phones mount: format it with FAT32 or exFAT, or mount it",
        ),
        ({"file_system": "BitLocker"}, "it is encrypted: format it with FAT32 or exFAT"),
        ({"locked": True}, "it is write-protected: release its lock, or mount it for writing"),
        ({"capacity": 0}, "there is no card in the reader: put one in"),
    ],
)
def test_a_stick_that_cannot_be_used_says_why_as_a_real_one_does(
    port: EmulatedPort, how: dict[str, object], why: str
) -> None:
    port.insert(**how)  # type: ignore[arg-type]
    assert isinstance(port.state.error, NoDrive)
    assert port.state.news == f"the USB drive STICK (/dev/sda1) cannot be used: {why}"
    assert (port.state.drive, port.stick.inserted, port.stick.free) == (None, True, None)
    with pytest.raises(UsageError, match="the emulated stick cannot be filled: the USB drive STICK"):
        port.fill(0)


@pytest.mark.parametrize(("name", "as_blkid_has_it"), [("FAT32", "vfat"), ("exFAT", "exfat"), ("ext4", "ext4")])
def test_a_file_system_that_the_phone_mounts(port: EmulatedPort, name: str, as_blkid_has_it: str) -> None:
    port.insert(file_system=name)
    assert (port.stick.file_system, port.state.document()["file_system"]) == (name, as_blkid_has_it)
    assert port.state.error is None


def test_what_is_on_the_stick_takes_its_room(port: EmulatedPort, stick: Path) -> None:
    stick.mkdir()
    (stick / "song.mp3").write_bytes(bytes(300))
    port.insert(1000)
    assert (port.stick.capacity, port.stick.free, port.state.free) == (1000, 700, 700)


def test_without_a_capacity_it_has_what_the_disk_has(port: EmulatedPort, stick: Path) -> None:
    port.insert()
    total, _, free = shutil.disk_usage(stick)
    assert port.stick.capacity is None
    assert port.stick.free == pytest.approx(free, abs=total // 10)
    assert port.state.found is not None
    assert port.state.found.size == total


@pytest.mark.parametrize("left", [0, 1, 699, 700])
def test_it_is_filled_to_the_byte(port: EmulatedPort, stick: Path, left: int) -> None:
    stick.mkdir()
    (stick / "song.mp3").write_bytes(bytes(300))
    port.insert(1000)
    port.fill(0)
    port.fill(left)
    assert (port.stick.capacity, port.stick.free, drive_in(port).free()) == (1000, left, left)
    (stick / "song.mp3").unlink()
    assert drive_in(port).free() == left + 300


def test_a_capacity_that_is_too_small_for_what_shall_be_left_grows(port: EmulatedPort, stick: Path) -> None:
    stick.mkdir()
    (stick / "song.mp3").write_bytes(bytes(300))
    port.insert(1000)
    port.fill(5000)
    assert (port.stick.capacity, port.stick.free) == (5300, 5000)
    assert port.state.found is not None
    assert port.state.found.size == 5300


def test_filled_without_a_capacity_it_has_that_of_the_disk(port: EmulatedPort, stick: Path) -> None:
    port.insert()
    port.fill(100)
    assert (port.stick.capacity, port.stick.free) == (shutil.disk_usage(stick).total, 100)


def test_without_a_stick_there_is_nothing_to_fill(port: EmulatedPort) -> None:
    with pytest.raises(UsageError, match="cannot be filled: no USB drive is plugged in"):
        port.fill(0)


def test_one_that_is_pulled_is_gone_and_what_used_it_fails_although_its_files_are_there(
    port: EmulatedPort, stick: Path
) -> None:
    port.insert(MIB)
    (stick / NAME).write_bytes(b"")
    before = drive_in(port)
    port.pull()
    assert "no USB drive is plugged in" in port.state.news
    assert (port.stick.inserted, port.stick.free, port.stick.capacity) == (False, None, MIB)
    port.insert(MIB)
    assert drive_in(port) is not before
    drive_in(port).check()
    for use in (before.check, before.free, before.names, lambda: before.delete(str(stick / NAME))):
        with pytest.raises(DriveGone, match="the drive was removed"):
            use()
    assert (stick / NAME).exists()


def test_files_that_were_cut_short_are_repaired_with_news(port: EmulatedPort, stick: Path) -> None:
    stick.mkdir()
    (stick / NAME).write_bytes(CUT_SHORT)
    port.insert()
    assert port.state.news == "the USB drive STICK is ready, 1 recording repaired"
    assert (stick / NAME).read_bytes() != CUT_SHORT
    port.pull()
    assert [repair.path for repair in port.state.earlier] == [stick / NAME]
    port.insert()
    assert port.state.news == "the USB drive STICK is ready"
    assert len(port.state.earlier) == 1


def test_files_that_were_cut_short_are_left_so_if_that_is_wished(stick: Path) -> None:
    stick.mkdir()
    (stick / NAME).write_bytes(CUT_SHORT)
    port = EmulatedPort(stick, repair=False)
    port.insert()
    assert (stick / NAME).read_bytes() == CUT_SHORT


def test_a_stick_that_is_locked_when_it_comes_is_repaired_when_it_is_not(port: EmulatedPort, stick: Path) -> None:
    stick.mkdir()
    (stick / NAME).write_bytes(CUT_SHORT)
    port.insert(locked=True)
    assert (stick / NAME).read_bytes() == CUT_SHORT
    port.lock(False)
    assert port.state.news == "the USB drive STICK is ready, 1 recording repaired"


def test_one_that_is_locked_cannot_be_used_until_it_is_not(port: EmulatedPort) -> None:
    port.insert(MIB)
    port.lock(True)
    assert port.state.drive is None
    assert "it is write-protected" in port.state.news
    assert port.stick.locked
    port.lock(False)
    assert port.state.news == "the USB drive STICK is ready"
    assert (port.stick.locked, port.stick.free) == (False, MIB)


def test_what_is_wrong_with_it_is_shown_and_stays_when_it_is_pulled(port: EmulatedPort) -> None:
    port.insert()
    port.slow(200)
    port.spoil(True)
    port.pull()
    port.insert()
    assert (port.stick.write_delay_ms, port.stick.bad) == (200, True)
    port.slow(0)
    port.spoil(False)
    assert (port.stick.write_delay_ms, port.stick.bad) == (0, False)


def test_numbers_below_0_are_refused(port: EmulatedPort) -> None:
    with pytest.raises(UsageError, match="give 0 or more"):
        port.insert(-1)
    assert not port.stick.inserted
    port.insert()
    with pytest.raises(UsageError, match="give 0 or more"):
        port.fill(-1)
    with pytest.raises(UsageError, match="give 0 or more"):
        port.slow(-1)


def test_a_folder_or_a_file_that_is_not_there_is_no_failure_of_the_disk(stick: Path) -> None:
    port = EmulatedPort(stick, folder="calls")
    port.insert(MIB)
    with pytest.raises(DriveGone, match="there is no such file"):
        drive_in(port).delete(str(stick / "calls" / NAME))
    assert drive_in(port).names() == []
    drive_in(port).delete(str(stick / "calls" / NAME))
    assert port.disk_error is None


def test_a_disk_that_makes_no_folder_has_failed(stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = EmulatedPort(stick, folder="calls")
    port.insert(MIB)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "mkdir", full)
    with pytest.raises(DriveFull):
        drive_in(port).names()
    assert port.disk_error is not None
    assert port.disk_error.errno == errno.ENOSPC


def test_where_no_directory_can_be_there_is_no_stick(tmp_path: Path) -> None:
    (tmp_path / "stick").write_bytes(b"")
    port = EmulatedPort(tmp_path / "stick")
    with pytest.raises(UsageError, match=r"no stick can be emulated at .*stick: .*: name another directory"):
        port.insert()
    assert not port.stick.inserted


def test_recordings_go_to_the_folder_that_is_named(stick: Path) -> None:
    port = EmulatedPort(stick, folder="calls", label="BACKUP")
    port.insert()
    assert drive_in(port).directory == stick / "calls"
    assert port.state.name == port.stick.label == "BACKUP"


def test_a_folder_that_no_stick_can_have_is_refused_at_once(stick: Path) -> None:
    with pytest.raises(UsageError):
        EmulatedPort(stick, folder="../elsewhere")


def test_plugged_in_and_out_by_several_at_once_it_is_in_or_out(port: EmulatedPort) -> None:
    refused: list[UsageError] = []

    def play() -> None:
        for _ in range(50):
            for use in (port.insert, port.pull, port.fill):
                try:
                    use()
                except UsageError as error:
                    refused.append(error)

    threads = [threading.Thread(target=play) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert port.stick.inserted == (port.state.drive is not None)
    assert refused
