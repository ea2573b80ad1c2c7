"""The room on a drive of a stated capacity, and how much of it is left."""

from __future__ import annotations

import os
import stat
import threading
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Room:
    """`capacity` in bytes, and how many are `left` for all files that are written there; `writers` counts these.

    Each of them may have a thread of its own: what is changed here is changed under the `lock`.
    """

    capacity: int
    left: int = field(init=False)
    writers: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.left = self.capacity

    def take(self, size: int) -> None:
        """So many bytes have been written."""
        with self.lock:
            self.left -= size

    def come(self) -> None:
        """One more writes there."""
        with self.lock:
            self.writers += 1

    def go(self) -> None:
        """One less does."""
        with self.lock:
            self.writers -= 1

    def look(self, directory: Path) -> int:
        """Bytes left of the capacity less all files below the directory; OSError if it cannot be looked at."""
        with self.lock:
            if not self.writers:
                # While we write, what we write is counted as it is written; a tree is not walked each second.
                self.left = self.capacity - (_below(directory) if directory.is_dir() else 0)
            return self.left

    def leave(self, left: int) -> None:
        """A capacity of which so many bytes are left now."""
        with self.lock:
            self.capacity += left - self.left
            self.left = left


def _below(directory: Path | str) -> int:
    """Bytes of all files below it; what this user may not list counts nothing, and links are not followed."""
    try:
        with os.scandir(directory) as found:
            entries = list(found)
    except PermissionError:
        return 0
    return sum(map(_size, entries))


def _size(entry: os.DirEntry[str]) -> int:
    """Bytes of a file, or of all in a folder; 0 for what is neither, or is deleted while the others are counted."""
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return 0
    if stat.S_ISDIR(status.st_mode):
        return _below(entry.path)
    return status.st_size if stat.S_ISREG(status.st_mode) else 0
