"""Real file systems on loop devices, and how they fail: full to the byte, shut down, unsynced, read-only. Needs root.

Every device is named by its own number: what others run on this machine is left alone.
"""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.peers import need

MIB = 1 << 20
_SHUTDOWN = 0x8004587D
"""EXT4_IOC_SHUTDOWN: _IOR('X', 125, __u32), from the kernel's fs/ext4/ext4.h."""
_NO_LOG_FLUSH = 2
"""EXT4_GOING_FLAGS_NOLOGFLUSH: what is not on the medium yet never gets there, as when the stick is pulled."""


class LoopDrive:
    """ext4 on a loop device: `path` is where it is mounted, `image` the file that it is on."""

    def __init__(self, path: Path, image: Path, device: str) -> None:
        self.path = path
        self.image = image
        self.device = device
        self.mounted = False

    @property
    def free(self) -> int:
        """Bytes that may still be written."""
        found = os.statvfs(self.path)
        return found.f_bavail * found.f_frsize

    def mount(self, options: str = "rw") -> None:
        """Mount it at `path`."""
        _run("mount", "-t", "ext4", "-o", options, self.device, str(self.path))
        self.mounted = True

    def remount(self, options: str) -> None:
        """The same mount with other options, such as "ro"; fails while a file is open for writing."""
        _run("mount", "-o", f"remount,{options}", str(self.path))

    def force_read_only(self) -> None:
        """Turn read-only whatever is open, as ext4 does on errors and as sysrq-u does, for this file system alone."""
        _run("mount", "-o", "remount,abort", str(self.path))

    def shut_down(self) -> None:
        """Surprise removal: from now on every call that needs the medium fails with EIO."""
        fd = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(fd, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
        finally:
            os.close(fd)

    def lose_medium(self) -> None:
        """The device shrinks to nothing: writes into the cache go well, syncing them gives EIO."""
        os.truncate(self.image, 0)
        _run("losetup", "-c", self.device)

    def unmount(self, lazily: bool = True) -> None:
        """Take it off its directory, whoever still has files open on it."""
        _run("umount", *(["-l"] if lazily else []), str(self.path))
        self.mounted = False

    def check(self) -> None:
        """e2fsck, mending what a removal has left; pytest fails if it cannot."""
        done = subprocess.run([need("e2fsck"), "-fy", self.device], capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stdout + done.stderr


@contextmanager
def loop_fs(directory: Path, size: int = 8 * MIB, journal: bool = False, options: str = "rw") -> Iterator[LoopDrive]:
    """A fresh ext4 mounted at `directory`/stick, no block of it reserved; the test is skipped where none may be."""
    image, stick = directory / "image", directory / "stick"
    stick.mkdir()
    with image.open("wb") as file:
        file.truncate(size)
    words = [
        "-q",
        "-t",
        "ext4",
        "-m",
        "0",
        "-O",
        "has_journal" if journal else "^has_journal",
        "-E",
        "lazy_itable_init=0",
    ]
    subprocess.run([need("mke2fs"), *words, str(image)], check=True, capture_output=True)
    drive = LoopDrive(stick, image, _attach(image))
    try:
        _mount_or_skip(drive, options)
        yield drive
    finally:
        if drive.mounted:
            subprocess.run(["umount", "-l", str(stick)], capture_output=True)
        # Detached when the last file on it is closed, if one still is open.
        subprocess.run(["losetup", "-d", drive.device], capture_output=True)


def _attach(image: Path) -> str:
    try:
        return _run(need("losetup"), "-f", "--show", str(image)).strip()
    except subprocess.CalledProcessError as error:
        return _skip(f"loop devices are not permitted here: {error.stderr}")


def _mount_or_skip(drive: LoopDrive, options: str) -> None:
    try:
        drive.mount(options)
    except subprocess.CalledProcessError as error:
        _skip(f"mounting a file system is not permitted here: {error.stderr}")


def _skip(reason: str) -> str:
    if os.environ.get("CI") == "true" and os.geteuid() == 0:
        pytest.fail(reason)
    pytest.skip(reason)


def _run(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout
