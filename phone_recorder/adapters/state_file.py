"""A small file that another run of the program reads: written as a whole, and never in the way of what goes on."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from phone_recorder.adapters.files import reason

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
MAX_SIZE = 1 << 20


class StateFile:
    """At `path`, for its owner alone. `problem` is why it does not say what it should; empty while it does."""

    def __init__(self, path: Path) -> None:
        self.problem = ""
        self._path = path
        self._data: bytes | None = None

    def read(self) -> bytes:
        """What it says; nothing if there is none, or it cannot be read, or it is none of this user's own."""
        try:
            with _opened(self._path) as file:
                return file.read(MAX_SIZE)
        except FileNotFoundError:
            return b""
        except OSError as error:
            self.problem = f"cannot read {self._path}: {reason(error)}"
            return b""

    def write(self, data: bytes) -> None:
        """Have it say this. Not synced: it is to outlast this program, and not a loss of power."""
        if data == self._data:
            return
        beside = self._path.with_name(f"{self._path.name}.new")
        try:
            with _made(beside) as file:
                file.write(data)
            beside.replace(self._path)
        except OSError as error:
            self.problem, self._data = f"cannot write {self._path}: {reason(error)}", None
        else:
            self.problem, self._data = "", data

    def remove(self) -> None:
        """There is nothing to remember."""
        self._data = None
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            self.problem = f"cannot remove {self._path}: {reason(error)}"


def boot_id(path: Path = BOOT_ID) -> str:
    """Names the time since the last boot, in which CLOCK_MONOTONIC means the same; empty if that cannot be told."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _opened(path: Path) -> BinaryIO:
    """To be read. What others have put in its place, or a pipe, which would be waited for, is refused."""
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    status = os.fstat(file)
    if stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid():
        return os.fdopen(file, "rb")
    os.close(file)
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


def _made(path: Path) -> BinaryIO:
    """A new file, in place of what was left there before."""
    with suppress(FileNotFoundError):
        path.unlink()
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")
