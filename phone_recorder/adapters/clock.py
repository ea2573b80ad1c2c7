"""Two clocks: the machine's, and one that goes when it is told to. Instants are units of 1/8000 s."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Protocol

from phone_recorder.recording.units import from_ns, to_seconds


class Clock(Protocol):
    """Tells instants, and what local time an instant is."""

    def now(self) -> int: ...

    def system_time(self, instant: int) -> datetime: ...


class LiveClock:
    """The machine's monotonic clock: a jump of the system time does not disturb it."""

    def now(self) -> int:
        return from_ns(time.monotonic_ns())

    def system_time(self, instant: int) -> datetime:
        return datetime.now() + timedelta(seconds=to_seconds(instant - self.now()))


class VirtualClock:
    """Stands still until it is advanced. `begins_at` is the local time of instant 0."""

    def __init__(self, begins_at: datetime | None = None) -> None:
        self._begins_at = begins_at or datetime.now()
        self._now = 0

    def now(self) -> int:
        return self._now

    def system_time(self, instant: int) -> datetime:
        return self._begins_at + timedelta(seconds=to_seconds(instant))

    def advance(self, units: int) -> None:
        """Let so much time pass."""
        self._now += units
