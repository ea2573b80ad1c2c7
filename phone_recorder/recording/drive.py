"""What a recording wants of a drive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class PartFile(Protocol):
    """One open record file on a drive. Each method but `close` raises a DriveError when the drive fails.

    SyncFailed asks for another try: what may not be on the drive is then written once more. FileLost: others have taken
    the file away.
    """

    path: str

    @property
    def size(self) -> int:
        """Bytes that were written, the header included."""

    def append(self, data: bytes) -> None:
        """Write at the end. After an error `size` tells how much was still written."""

    def checkpoint(self, header: bytes) -> None:
        """Put what was appended, and then this header, safely on the drive."""

    def seal(self, header: bytes, size: int) -> None:
        """The last checkpoint, the file cut to `size`."""

    def close(self) -> None:
        """Let go of the file."""


class Drive(Protocol):
    """A mounted USB file system that can take record files."""

    def check(self) -> None:
        """DriveGone, DriveReadOnly ... if it can take nothing now."""

    def free(self) -> int:
        """Bytes left for us. Asked for at each checkpoint, so it must be cheap."""

    def create(self, names: Iterator[str], header: bytes) -> PartFile:
        """A new file under the first name that is not taken, beginning with the header."""

    def recordings(self) -> list[str]:
        """Paths of the record files that nobody writes just now, oldest first."""

    def delete(self, path: str) -> None:
        """Delete one of them. DriveReadOnly: this one may not be deleted."""
