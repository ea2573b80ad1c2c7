"""USB sticks under the real kernel and the real udevd: found, mounted, written to, pulled out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.adapters.automount import Automount
from phone_recorder.adapters.drive_watch import DriveWatch, changes
from phone_recorder.adapters.drives import FoundDrive, choose, find_drives
from phone_recorder.errors import DriveError
from tests.system.usb_loop import LoopStick, udevd, until

pytestmark = pytest.mark.peer

DEADLINE_S = 20.0


@pytest.fixture(scope="module", autouse=True)
def running_udevd() -> Iterator[None]:
    with udevd():
        yield


@pytest.fixture
def automount(tmp_path: Path) -> Iterator[Automount]:
    automount = Automount(tmp_path / "media")
    yield automount
    automount.close()


def drives_of(*sticks: LoopStick) -> list[FoundDrive]:
    """Of these sticks only: somebody may have plugged in others."""
    return [drive for drive in find_drives() if drive.serial in {stick.serial for stick in sticks}]


def seen(watch: DriveWatch, number: int, *sticks: LoopStick) -> list[FoundDrive]:
    """Their drives, looked at after each event until there are that many."""
    end = time.monotonic() + DEADLINE_S
    while len(found := drives_of(*sticks)) != number:
        assert time.monotonic() < end, f"there never were {number} drives"
        watch.wait(end - time.monotonic())
    return found


def test_a_stick_is_seen_mounted_written_to_and_pulled_out(tmp_path: Path, automount: Automount) -> None:
    with LoopStick(tmp_path, label="BACK UP") as stick, DriveWatch() as watch:
        assert drives_of(stick) == []
        stick.plug()
        [drive] = seen(watch, 1, stick)
        assert (drive.device, drive.partition, drive.number) == (stick.device, 0, Path(stick.device).stat().st_rdev)
        assert (drive.label, drive.model, drive.file_system) == ("BACK UP", "Ultra Loop", "ext4")
        assert (drive.size, drive.problem) == (16 << 20, "it is not mounted: mount it")

        place = automount.mount(choose([drive], automount=True))
        [mounted] = drives_of(stick)
        assert (mounted.mount, mounted.problem) == (place, "")
        assert [change.kind for change in changes([drive], [mounted])] == ["changed"]
        assert place.stat().st_dev == drive.number
        assert 14 << 20 < (mounted.free or 0) < 16 << 20
        (place / "file").write_text("kept")
        automount.close()

        stick.unplug()
        seen(watch, 0, stick)
        # The kernel takes away what points at it before it takes away the device itself.
        until(lambda: not Path(drive.sys_path).exists(), "its device is gone")

        stick.plug()
        [again] = seen(watch, 1, stick)
        assert again.sequence > drive.sequence
        assert (automount.mount(again) / "file").read_text() == "kept"


def test_pulled_out_in_mid_write_it_fails_is_seen_and_is_cleared_away(tmp_path: Path, automount: Automount) -> None:
    with LoopStick(tmp_path) as stick, DriveWatch() as watch:
        stick.plug()
        place = automount.mount(seen(watch, 1, stick)[0])
        with (place / "file").open("wb", buffering=0) as file:
            file.write(b"before")
            os.fsync(file)
            stick.unplug()
            with pytest.raises(OSError, match="Input/output error"):
                file.write(b"after")
            seen(watch, 0, stick)
            automount.tidy(find_drives())
        assert not place.exists()
        stick.plug()
        assert (automount.mount(seen(watch, 1, stick)[0]) / "file").read_bytes() == b"before"


def test_s8_two_sticks_in_the_order_of_plugging(tmp_path: Path) -> None:
    with LoopStick(tmp_path, label="ONE") as one, LoopStick(tmp_path, label="TWO") as two, DriveWatch() as watch:
        two.plug()
        one.plug()
        assert [drive.label for drive in seen(watch, 2, one, two)] == ["TWO", "ONE"]
        two.unplug()
        assert [drive.label for drive in seen(watch, 1, one, two)] == ["ONE"]
        two.plug()
        assert [drive.label for drive in seen(watch, 2, one, two)] == ["ONE", "TWO"]


def test_s8_two_partitions(tmp_path: Path, automount: Automount) -> None:
    with LoopStick(tmp_path, file_systems=("ext4", "ext4"), partitioned=True) as stick, DriveWatch() as watch:
        stick.plug()
        found = seen(watch, 2, stick)
        assert [(drive.partition, drive.device) for drive in found] == [(1, f"{stick.disk}p1"), (2, f"{stick.disk}p2")]
        assert all(drive.partition_type == "0x83" and drive.size == 7 << 20 for drive in found)
        for drive in found:
            (automount.mount(drive) / "name").write_text(drive.device)
        assert [(drive.mount / "name").read_text() for drive in drives_of(stick) if drive.mount] == stick.devices
        stick.unplug()
        seen(watch, 0, stick)


def test_s8_one_partition_of_two_has_no_file_system(tmp_path: Path) -> None:
    with LoopStick(tmp_path, file_systems=("", "ext4"), partitioned=True) as stick, DriveWatch() as watch:
        stick.plug()
        first, second = seen(watch, 2, stick)
        assert first.problem == "there is no file system on it: format it with FAT32 or exFAT"
        assert choose([first, second], stick.serial, automount=True) is second


def test_s8_write_protected(tmp_path: Path) -> None:
    with LoopStick(tmp_path, read_only=True) as stick, DriveWatch() as watch:
        stick.plug()
        [drive] = seen(watch, 1, stick)
        assert drive.read_only
        assert drive.problem.startswith("it is write-protected: ")


@pytest.mark.parametrize(
    ("layout", "problem"),
    [
        ({"file_systems": ("",)}, "there is no file system on it: "),
        ({"file_systems": ("swap",)}, "it is swap space: "),
        ({"file_systems": (), "partitioned": True}, "there is no partition in its partition table: "),
        ({"file_systems": ("vfat",)}, "it is not mounted: mount it"),
    ],
)
def test_s8_what_udev_finds_on_it(tmp_path: Path, layout: dict[str, Any], problem: str) -> None:
    with LoopStick(tmp_path, **layout) as stick, DriveWatch() as watch:
        stick.plug()
        [drive] = seen(watch, 1, stick)
        assert drive.problem.startswith(problem)


def test_a_file_system_that_is_damaged_is_told_with_the_reason_of_mount(tmp_path: Path, automount: Automount) -> None:
    with LoopStick(tmp_path) as stick, DriveWatch() as watch:
        with stick.backing.open("r+b") as file:
            file.seek(2048)  # the group descriptors, behind a superblock that is as it was
            file.write(b"\xff" * 1024)
        stick.plug()
        [drive] = seen(watch, 1, stick)
        assert drive.mountable
        with pytest.raises(DriveError, match=r"^the USB drive STICK \(.*\) cannot be mounted: [^\n]+[^.\n]$"):
            automount.mount(drive)
        assert list((tmp_path / "media").iterdir()) == []


def test_mounts_of_a_stick_of_a_stranger_cannot_panic_the_kernel(tmp_path: Path, automount: Automount) -> None:
    with LoopStick(tmp_path) as stick, DriveWatch() as watch:
        subprocess.run(["tune2fs", "-e", "panic", str(stick.backing)], check=True, capture_output=True)
        stick.plug()
        place = automount.mount(seen(watch, 1, stick)[0])
        [line] = [line for line in Path("/proc/mounts").read_text().splitlines() if f" {place} " in line]
        assert "errors=panic" not in line
        assert "errors=remount-ro" in line or "errors=" not in line


def test_usb_watch_tells_each_event_at_once_until_ctrl_c(tmp_path: Path, automount: Automount) -> None:
    command = [sys.executable, "-m", "phone_recorder", "usb", "--watch", "--json"]
    with LoopStick(tmp_path, label="BACKUP") as stick:
        stick.plug()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            try:
                told = events(process, stick)
                assert next(told) == ("present", "it is not mounted: mount it")
                automount.mount(drives_of(stick)[0])
                assert next(told) == ("changed", "")
                stick.unplug()
                assert next(told)[0] == "removed"
                automount.tidy(find_drives())
                stick.plug()
                assert next(told) == ("added", "it is not mounted: mount it")
                process.send_signal(signal.SIGINT)
                _, err = process.communicate(timeout=DEADLINE_S)
                assert (process.returncode, err) == (0, "")
            finally:
                process.kill()


def events(process: subprocess.Popen[str], stick: LoopStick) -> Iterator[tuple[str, str]]:
    """(event, problem) of each line about that stick."""
    assert process.stdout is not None
    for line in process.stdout:
        told = json.loads(line)
        if told["drive"]["serial"] == stick.serial:
            yield told["event"], told["drive"]["problem"]


def test_usb_with_udev_says_nothing_of_it(tmp_path: Path) -> None:
    with LoopStick(tmp_path, label="BACKUP") as stick, DriveWatch() as watch:
        stick.plug()
        seen(watch, 1, stick)
        command = [sys.executable, "-m", "phone_recorder", "usb"]
        listed = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=DEADLINE_S)
        found = json.loads(listed.stdout)
        assert (listed.stderr, listed.returncode, found["udev"]) == ("", 0, True)
        assert stick.serial in [drive["serial"] for drive in found["drives"]]
