"""The kernel's time stamps as instants of ours, many at once, by the rule of UdpPort."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from phone_recorder.recording.units import NS_PER_UNIT, from_ns

NO_STAMP = 0

_TRIES = 5


class ArrivalClock:
    """Turns the system time at which datagrams came into instants. `system_ns` is that system's clock."""

    def __init__(self, system_ns: Callable[[], int] = time.time_ns) -> None:
        self._system_ns = system_ns
        self._since = self._looked_at = from_ns(time.monotonic_ns())

    def look(self) -> None:
        """A look begins: what it finds came after the look before it began."""
        self._since, self._looked_at = self._looked_at, from_ns(time.monotonic_ns())

    def instants(self, stamps: NDArray[np.int64]) -> NDArray[np.int64]:
        """[n] instants in units of [n] ns of the system time; NO_STAMP is now.

        A step of the system time since a datagram came could name an instant that has not come yet, or is long past.
        """
        skew, now = self._skew()
        instants = (stamps - skew) // NS_PER_UNIT
        instants[stamps == NO_STAMP] = now
        return np.clip(instants, self._since, now, out=instants)

    def _skew(self) -> tuple[int, int]:
        """How many ns the system time is ahead of the monotonic clock; and now, in units."""
        for _ in range(_TRIES):
            before = time.monotonic_ns()
            system = self._system_ns()
            now = time.monotonic_ns()
            if now - before < NS_PER_UNIT:
                # Others had the processor in between, if it is longer.
                break
        return system - (before + now) // 2, from_ns(now)
