"""One drive for thousands of recordings: looked at once for all of them, and synced as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from phone_recorder.errors import DriveError
from phone_recorder.recording.drive import Drive, PartFile


class SharedDrive:
    """`drive`, asked again only by `look`: what it says in between is what it said then."""

    def __init__(self, drive: Drive) -> None:
        self._drive = drive
        self._free = 0
        self._error: DriveError | None = None
        self._first = ""  # of the names that were offered last
        self._names: Iterator[str] = iter(())
        self.look()

    def look(self) -> None:
        """Ask whether it takes anything, and how much. Call at least every second."""
        try:
            self._drive.check()
            self._free = self._drive.free()
            self._error = None
        except DriveError as error:
            self._error = error

    def check(self) -> None:
        """The DriveError of the last look, if it had one."""
        if self._error:
            raise self._error

    def free(self) -> int:
        """Bytes that were left."""
        self.check()
        return self._free

    def create(self, names: Iterator[str], header: bytes) -> PartFile:
        """A new file, as the drive makes it. Of names that begin alike those are left out that were given already.

        Of thousands of files that are made in one second, each would be looked for beside all before it.
        """
        first = next(names)
        if first != self._first:
            self._names = chain((first,), names)
        self._first = ""
        part = self._drive.create(self._names, header)
        self._first = first
        return part

    def recordings(self) -> list[str]:
        """Those of the drive."""
        return self._drive.recordings()

    def delete(self, path: str) -> None:
        """Of the drive."""
        self._drive.delete(path)
