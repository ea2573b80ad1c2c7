"""What a drive's files are written to. A real medium speaks through the system, an emulated one is asked first."""

from __future__ import annotations

from enum import Enum


class Access(Enum):
    """What is about to be done with the medium."""

    LOOK = "look at what is there"
    CHANGE = "change what is there, but for the audio"
    WRITE = "write to a file"
    SYNC = "force to the medium what was written"


class Medium:
    """A real one: it lets everything pass."""

    def ask(self, access: Access) -> None:
        """Asked before each access. An emulated one may wait here, or raise the OSError that a device would."""

    def closed(self) -> None:
        """A file that was written here has been let go of. Never raises."""


REAL = Medium()
