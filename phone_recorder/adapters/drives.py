"""Drives: so far a directory that stands for a USB stick, with a stated capacity or the real one of its file system."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from phone_recorder.adapters.record_writer import RecordFileWriter, drive_errors
from phone_recorder.errors import DriveGone, DriveReadOnly


class DirectoryDrive:
    """A stick mounted at `path`. `capacity` in bytes states its size; None takes what its file system has free.

    The directory that is there at the beginning is the stick: another one in its place is not (EDGE-CASES S4).
    """

    def __init__(self, path: Path, capacity: int | None = None, durable: bool = True) -> None:
        self.path = path
        self._capacity = capacity
        self._durable = durable
        self._free = sys.maxsize  # of a stated capacity, when it was last looked at
        self._identity: tuple[int, int] | None = None
        self.check()

    def check(self) -> None:
        """DriveGone or DriveReadOnly if nothing can be written now."""
        with drive_errors(self.path):
            found = self.path.stat()
            read_only = os.statvfs(self.path).f_flag & os.ST_RDONLY
        if not self.path.is_dir():
            raise DriveGone(f"{self.path} is not a directory, so no drive can be mounted there")
        if self._identity not in (None, (found.st_dev, found.st_ino)):
            raise DriveGone(f"the drive at {self.path} is not the one that was there before")
        self._identity = (found.st_dev, found.st_ino)
        if read_only or not os.access(self.path, os.W_OK):
            raise DriveReadOnly(f"the drive at {self.path} is write-protected")

    def free(self) -> int:
        """Bytes left: of the stated capacity less all files on it, or of the file system."""
        with drive_errors(self.path):
            if self._capacity is None:
                return int(psutil.disk_usage(str(self.path)).free)
            self._free = self._capacity - sum(map(_size, self.path.rglob("*")))
            return self._free

    def create(self, names: Iterator[str], header: bytes) -> RecordFileWriter:
        """A new record file, with the room that `free` has last told; DriveError if it cannot be made."""
        return RecordFileWriter(self.path, names, header, self._free, self._durable)


def _size(path: Path) -> int:
    """Bytes of a file; 0 for what is none, or none any more: it may be deleted while the others are counted."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0
