"""USB sticks that the real kernel and the real udevd believe in: loop devices that a udev rule calls USB. Needs root.

    with udevd(), LoopStick(directory, label="BACKUP") as stick:
        stick.plug()
        ...
        stick.unplug()

Every plugging takes a new loop device, numbered from 4000 on, so that others' loop devices are left alone.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import signal
import struct
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import pytest

from phone_recorder.adapters.drives import udevd_runs
from tests.peers import need

UDEVD = "/lib/systemd/systemd-udevd"
PROGRAMS = (
    UDEVD,
    "udevadm",
    "losetup",
    "addpart",
    "delpart",
    "sfdisk",
    "mke2fs",
    "mkfs.vfat",
    "mkswap",
    "mount",
    "umount",
)

RULES = Path("/run/udev/rules.d/99-phone-recorder-tests.rules")
STICKS = Path("/run/phone-recorder-tests")
"""A file for each device that is plugged in, with the properties that a real stick has from the kernel's usb tree."""

RULE = f"""\
SUBSYSTEM!="block", GOTO="end"
KERNEL!="loop[4-9][0-9][0-9][0-9]*", GOTO="end"
# Without this udevd has the kernel read the partition table anew whenever a writer closes the device.
OPTIONS+="nowatch"
ACTION!="remove", IMPORT{{file}}="{STICKS}/$kernel"
LABEL="end"
"""

LOOP_CTL_ADD = 0x4C80
LOOP_CTL_REMOVE = 0x4C81
EXT4_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2

MIB = 1 << 20
_SECTOR = 512
_DEADLINE_S = 20.0


def until(true: Callable[[], object], what: str, deadline_s: float = _DEADLINE_S) -> None:
    """Wait until it is true; the test fails if it never is."""
    end = time.monotonic() + deadline_s
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"never seen: {what}")
        time.sleep(0.002)


def need_loop_sticks() -> None:
    """Skip where this rig cannot be built; with CI=true in the environment, fail."""
    for program in PROGRAMS:
        need(program)
    if os.geteuid() == 0 and Path("/dev/loop-control").exists():
        return
    reason = "loop devices need root and the kernel's loop driver"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and with CI=true no peer test may be skipped")
    pytest.skip(reason)


@contextmanager
def udevd() -> Iterator[None]:
    """A running udevd that knows our rule: started if none runs, stopped by the last of those who use it."""
    need_loop_sticks()
    STICKS.mkdir(mode=0o700, exist_ok=True)
    RULES.parent.mkdir(parents=True, exist_ok=True)
    with (STICKS / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        RULES.write_text(RULE)
        if udevd_runs():
            _run("udevadm", "control", "--reload")
        else:
            _start_udevd()
        fcntl.flock(lock, fcntl.LOCK_SH)
        try:
            yield
        finally:
            with suppress(BlockingIOError):  # others still use it
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                RULES.unlink()
                _stop_udevd()


def _started() -> Path:
    """The number of the udevd that one of us has started."""
    return STICKS / ".udevd"


def _start_udevd() -> None:
    process = subprocess.Popen(
        [UDEVD], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    _started().write_text(str(process.pid))
    until(udevd_runs, "udevd's socket")
    process.returncode = 0  # it may outlive us, for others who use it: no warning for that


def _stop_udevd() -> None:
    if not _started().exists():
        return
    _settle()
    pid = int(_started().read_text())
    _started().unlink()
    os.kill(pid, signal.SIGTERM)
    with suppress(ChildProcessError):  # another of us has started it
        os.waitpid(pid, 0)
    until(lambda: not udevd_runs(), "the end of udevd")
    Path("/run/udev/control").unlink(missing_ok=True)


_numbers = itertools.count(4000)
_serials = itertools.count(1)


class LoopStick:
    """A stick that can be plugged in and pulled out, with what is on it kept in the file `backing` in between.

    `file_systems`: one on the whole disk, or with `partitioned` any number, a partition each; "" is none. `disk` is its
    device while it is plugged in, `devices` those of the file systems, and `device` the first of them. `serial` is its
    own unless it is given: others may have plugged in sticks of this kind at the same time. `plugged_at` and
    `unplugged_at` are the moments (time.monotonic) at which the kernel was made to say so.
    """

    def __init__(
        self,
        directory: Path,
        *,
        label: str = "STICK",
        file_systems: Sequence[str] = ("ext4",),
        partitioned: bool = False,
        size: int = 16 * MIB,
        read_only: bool = False,
        model: str = "Ultra Loop",
        serial: str = "",
    ) -> None:
        self.serial = serial or f"{os.getpid():08X}{next(_serials):04X}"
        self.backing = directory / f"{self.serial}.img"
        self.disk = ""
        self.devices: list[str] = []
        self.plugged_at = self.unplugged_at = 0.0
        self._read_only = read_only
        self._properties = f'ID_BUS="usb"\nID_MODEL="{model}"\nID_SERIAL_SHORT="{self.serial}"\n'
        self._number: int | None = None
        with self.backing.open("wb") as file:
            file.truncate(size)
        self._parts = _partition(self.backing, len(file_systems)) if partitioned else []
        for name, (start, length) in zip(file_systems, self._parts if partitioned else [(0, size)], strict=True):
            _format(self.backing, name, label, start, length)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()
        for mount in self._mounts():
            subprocess.run(["umount", "-l", mount], capture_output=True)
        self._give_back()

    @property
    def device(self) -> str:
        return self.devices[0]

    @property
    def plugged(self) -> bool:
        return bool(self.disk)

    def plug(self) -> None:
        """Plugged in, all of it at once: the kernel's events for disk and partitions are sent when this returns."""
        if mounts := self._mounts():
            raise RuntimeError(f"unmount {mounts[0]} before the stick is plugged in again")
        self._give_back()
        self._number = _new_loop()
        disk = f"/dev/loop{self._number}"
        _run("losetup", *(["-r"] if self._read_only else []), disk, str(self.backing))
        for number, (start, length) in enumerate(self._parts, 1):
            _run("addpart", disk, str(number), str(start // _SECTOR), str(length // _SECTOR))
        self.disk = disk
        self.devices = [f"{disk}p{number}" for number, _ in enumerate(self._parts, 1)] or [disk]
        _settle()  # so far udevd has seen loop devices. Now they become a stick
        for device in self._all():
            (STICKS / Path(device).name).write_text(self._properties)
        self.plugged_at = time.monotonic()
        self._say("add", self._all())

    def unplug(self) -> None:
        """Pulled out, mounted or not: an ext4 fails from now on, and the kernel says that all devices are gone.

        Unlike a real stick's, the devices stay in sysfs for as long as something is mounted.
        """
        if not self.plugged:
            return
        for device in self._all():
            (STICKS / Path(device).name).unlink()
        for mount in self._mounts():
            _shut_down(mount)
        self.unplugged_at = time.monotonic()
        self._say("remove", reversed(self._all()))
        self.disk = ""
        _settle()
        self._release()

    def _all(self) -> list[str]:
        return list(dict.fromkeys([self.disk, *self.devices]))

    def _say(self, action: str, devices: Sequence[str] | Iterator[str]) -> None:
        for device in devices:
            (Path("/sys/class/block") / Path(device).name / "uevent").write_text(action)

    def _mounts(self) -> list[str]:
        nodes = {f"/dev/loop{self._number}", *self.devices}
        return [entry.mountpoint for entry in psutil.disk_partitions(all=True) if entry.device in nodes]

    def _give_back(self) -> None:
        """The loop device of the last plugging, if there still is one: udevd may be looking at it."""
        if self._number is not None:
            until(self._release, f"the loop device {self._number} to be free")

    def _release(self) -> bool:
        """Remove the loop device; False if it is still in use."""
        disk = f"/dev/loop{self._number}"
        if self._mounts():
            return False
        for number, _ in enumerate(self._parts, 1):
            subprocess.run(["delpart", disk, str(number)], capture_output=True)
        subprocess.run(["losetup", "-d", disk], capture_output=True)
        if not _loop_control(LOOP_CTL_REMOVE, self._number or 0):
            return False
        self._number = None
        return True


def _new_loop() -> int:
    for number in _numbers:
        if _loop_control(LOOP_CTL_ADD, number):
            until(Path(f"/dev/loop{number}").exists, f"/dev/loop{number}")
            return number
    raise AssertionError


def _loop_control(command: int, number: int) -> bool:
    """False if there is such a device already, or it is in use."""
    control = os.open("/dev/loop-control", os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.ioctl(control, command, number)
    except (FileExistsError, OSError):
        return False
    finally:
        os.close(control)
    return True


def _shut_down(mount: str) -> None:
    """From now on every write fails with EIO, as after a surprise removal. Only ext4 can be told so."""
    with suppress(OSError):
        root = os.open(mount, os.O_RDONLY)
        try:
            fcntl.ioctl(root, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(root)


def _partition(backing: Path, number: int) -> list[tuple[int, int]]:
    """A DOS partition table with that many partitions of the same size: where each begins and how long it is."""
    length = ((backing.stat().st_size // MIB - 1) // number) * MIB if number else 0
    parts = [(MIB + index * length, length) for index in range(number)]
    lines = [f"start={start // _SECTOR}, size={length // _SECTOR}, type=83" for start, length in parts]
    _run("sfdisk", "--quiet", str(backing), text="\n".join(["label: dos", *lines]) + "\n")
    return parts


def _format(backing: Path, name: str, label: str, start: int, length: int) -> None:
    """`name` "" leaves it empty; FAT and swap are for looking at only: they cannot be told where to begin."""
    blocks = str(length // 1024)
    if name == "ext4":
        # Without a journal, and with no blocks kept for root: what is free is free to the byte.
        options = f"offset={start},root_owner=0:0"
        _run(
            *("mke2fs", "-q", "-F", "-t", name, "-O", "^has_journal", "-m", "0", "-b", "1024"),
            *("-L", label, "-E", options, str(backing), blocks),
        )
    elif name:
        assert start == 0, f"{name} is made on a whole disk only"
        _run(*{"vfat": ("mkfs.vfat", "-n", label), "swap": ("mkswap", "-L", label)}[name], str(backing))


def _settle() -> None:
    """Until udevd has done with all the events there are."""
    _run("udevadm", "settle", "--timeout=20")


def _run(*words: str, text: str | None = None) -> None:
    done = subprocess.run(words, input=text, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")
