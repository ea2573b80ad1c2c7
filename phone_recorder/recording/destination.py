"""Where a recording goes, as a session sees it: drive_destination.py or server_destination.py."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from phone_recorder.errors import DestinationError
from phone_recorder.recording.account import Health, Part


class State(Enum):
    """How far the destination has come."""

    OPENING = "opening"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Nothing more will change."""
        return self in (State.CLOSED, State.FAILED, State.CANCELLED)


class Destination(Protocol):
    """Takes the frames of one recording, in order. It never raises: `state` and `error` say how it fares."""

    mode: str

    @property
    def state(self) -> State: ...

    @property
    def error(self) -> DestinationError | None:
        """Why it failed."""

    @property
    def written(self) -> int:
        """Units of audio that were written or sent."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The files, as far as they are known here."""

    @property
    def health(self) -> Health: ...

    def open(self, now: int) -> None:
        """Begin. Frames may be written at once, also while it is still opening."""

    def write(self, now: int, frames: list[bytes]) -> None:
        """Take frames of the recording's codec and packet length."""

    def advance(self, now: int) -> None:
        """Do what time asks for; call at least every 200 ms."""

    def close(self, now: int, reason: str) -> None:
        """End, for a reason. What was written is kept."""


class NoDestination:
    """Stands where there is none: a phone without USB recording, a drive that is not there."""

    state = State.FAILED
    written = 0
    parts: tuple[Part, ...] = ()
    health = Health()

    def __init__(self, mode: str, error: DestinationError) -> None:
        self.mode = mode
        self.error: DestinationError | None = error

    def open(self, now: int) -> None:
        """Nothing to begin."""

    def write(self, now: int, frames: list[bytes]) -> None:
        """Nothing is kept."""

    def advance(self, now: int) -> None:
        """Nothing changes."""

    def close(self, now: int, reason: str) -> None:
        """Nothing to end."""
