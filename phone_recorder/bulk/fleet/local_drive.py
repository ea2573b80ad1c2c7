"""The drive of a fleet in mode local: tells how many files were made on it, and makes many in a second fast."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from phone_recorder.recording.drive import Drive, PartFile


class CountingDrive:
    """`drive`, and the count of its new `files`."""

    def __init__(self, drive: Drive) -> None:
        self.files = 0
        self._drive = drive
        self._first = ""
        self._taken = 0

    def check(self) -> None:
        """Of the drive."""
        self._drive.check()

    def free(self) -> int:
        """Of the drive."""
        return self._drive.free()

    def create(self, names: Iterator[str], header: bytes) -> PartFile:
        """A new file, as the drive makes it; names that were given this second are not tried again."""
        first = next(names)
        if first != self._first:
            self._first, self._taken = first, 0
        file = self._drive.create(islice(names, self._taken - 1, None) if self._taken else _all(first, names), header)
        self.files += 1
        self._taken += 1
        return file

    def recordings(self) -> list[str]:
        """Of the drive."""
        return self._drive.recordings()

    def delete(self, path: str) -> None:
        """Of the drive."""
        self._drive.delete(path)


def _all(first: str, names: Iterator[str]) -> Iterator[str]:
    yield first
    yield from names
