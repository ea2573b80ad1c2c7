"""What a drive's files are written to. A real medium speaks through the system, an emulated one is asked first."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import NoReturn

from phone_recorder.adapters.drive_errors import DriveErrors


class Access(Enum):
    """What is about to be done with the medium."""

    LOOK = "look at what is there"
    CHANGE = "change what is there, but for the audio"
    WRITE = "write to a file"
    SYNC = "force to the medium what was written"


class Refused(OSError):
    """What an emulated medium says to an access, as a device would: the system has no part in it."""

    def __init__(self, number: int) -> None:
        super().__init__(number, os.strerror(number))


class Medium:
    """A real one: it lets everything pass."""

    @property
    def largest_file(self) -> int:
        """Bytes that a file may have on it; a real one says so itself."""
        return sys.maxsize

    def ask(self, access: Access) -> None:
        """Asked before each access. An emulated one may wait here, or raise what a device would as Refused."""

    def make(self, folder: int) -> None:
        """Asked before a file is made in a folder, an open descriptor; Refused if no more files fit into it."""

    def failed(self, error: OSError) -> None:
        """The system has failed in what was let pass: what is emulated stands on a real disk. Never raises."""

    def closed(self) -> None:
        """A file that was written here has been let go of. Never raises."""


REAL = Medium()


class MediumErrors(DriveErrors):
    """As DriveErrors; the medium is told of what it has not said itself."""

    __slots__ = ("_medium",)

    def __init__(self, medium: Medium, path: Path, present: Callable[[], bool], syncing: bool = False) -> None:
        super().__init__(path, present, syncing)
        self._medium = medium

    def told(self, error: OSError) -> NoReturn:
        if not isinstance(error, Refused):
            self._medium.failed(error)
        super().told(error)
