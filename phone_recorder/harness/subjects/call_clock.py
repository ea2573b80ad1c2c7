"""The machine's clock, with instants that count from the beginning of a call."""

from __future__ import annotations

from datetime import datetime

from phone_recorder.adapters.clock import LiveClock


class CallClock:
    """Instant 0 is when it was made, or when `begin` was called last."""

    def __init__(self) -> None:
        self._live = LiveClock()
        self._zero = self._live.now()

    def begin(self) -> None:
        """Now is instant 0."""
        self._zero = self._live.now()

    def now(self) -> int:
        return self._live.now() - self._zero

    def system_time(self, instant: int) -> datetime:
        return self._live.system_time(instant + self._zero)
