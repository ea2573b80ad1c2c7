"""A small file that another run of the program reads: written as a whole, and never in the way of what goes on."""

from __future__ import annotations

import os
from pathlib import Path

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
        """What it says; nothing if there is none, or it cannot be read."""
        try:
            with self._path.open("rb") as file:
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
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            beside.replace(self._path)
        except OSError as error:
            self.problem = f"cannot write {self._path}: {reason(error)}"
        else:
            self.problem, self._data = "", data

    def remove(self) -> None:
        """There is nothing to remember."""
        self._path.unlink(missing_ok=True)
        self._data = None


def boot_id(path: Path = BOOT_ID) -> str:
    """Names the time since the last boot, in which CLOCK_MONOTONIC means the same."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""
