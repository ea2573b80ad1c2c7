"""A recording that goes on after a crash: what was kept before counts with what comes now."""

from __future__ import annotations

from dataclasses import replace

from phone_recorder.errors import DestinationError
from phone_recorder.recording.account import Fault, Health, Part
from phone_recorder.recording.destination import Destination, State


class ContinuedDestination:
    """A destination for the rest of a recording whose first `parts` hold `before` units of audio.

    `faults` are what they have survived, where it stands in the whole recording.
    """

    def __init__(self, rest: Destination, parts: tuple[Part, ...], before: int, faults: tuple[Fault, ...] = ()) -> None:
        self.mode = rest.mode
        self._rest = rest
        self._parts = parts
        self._before = before
        self._faults = faults

    @property
    def state(self) -> State:
        return self._rest.state

    @property
    def error(self) -> DestinationError | None:
        return self._rest.error

    @property
    def written(self) -> int:
        return self._before + self._rest.written

    @property
    def parts(self) -> tuple[Part, ...]:
        return self._parts + self._rest.parts

    @property
    def health(self) -> Health:
        """Faults stand where they do in the whole recording."""
        health = self._rest.health
        faults = tuple(Fault(self._before + fault.at, fault.error) for fault in health.faults)
        return replace(health, faults=(*self._faults, *faults)) if self._faults or faults else health

    def open(self, now: int) -> None:
        self._rest.open(now)

    def write(self, now: int, frames: list[bytes]) -> None:
        self._rest.write(now, frames)

    def advance(self, now: int) -> None:
        self._rest.advance(now)

    def close(self, now: int, reason: str) -> None:
        self._rest.close(now, reason)
