"""One drive for thousands of recordings: looked at once for all of them, and synced as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from phone_recorder.errors import DriveError
from phone_recorder.recording.drive import Drive, PartFile


class SharedDrive:
    """`drive`, asked again only by `look`: what it says in between is what it said then."""

    def __init__(self, drive: Drive) -> None:
        self._drive = drive
        self._free = 0
        self._error: DriveError | None = None
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
        """A new file, as the drive makes it."""
        return self._drive.create(names, header)

    def recordings(self) -> list[str]:
        """Those of the drive."""
        return self._drive.recordings()

    def delete(self, path: str) -> None:
        """Of the drive."""
        self._drive.delete(path)
