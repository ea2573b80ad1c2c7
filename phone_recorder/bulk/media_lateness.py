"""How late packets left: a histogram by whole milliseconds, which a second of 250,000 packets costs next to nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phone_recorder.bulk.spread import Spread
from phone_recorder.recording.units import from_ms, to_seconds

MOST_MS = 10_000
"""Whatever was later than that counts as this in percentiles; the worst is exact."""
_UNITS_PER_MS = from_ms(1)


class Lateness:
    """Of packets: from when each was due until it was given to the kernel."""

    behind = 0
    """Units by which the instant of a tick is earlier than now, where a stall is made up for in parts."""

    def __init__(self) -> None:
        self.counts: NDArray[np.int64] = np.zeros(MOST_MS + 1, np.int64)
        """Packets that were late by 0 to below 1 ms, by 1 to below 2 ms, and so on."""
        self._sum = self._most = 0
        self._least: int | None = None

    def note(self, late: NDArray[np.int64]) -> None:
        """Packets that were late by so many units, at the instant of their tick."""
        if not len(late):
            return
        late = late + self.behind
        found = np.bincount(np.minimum(late // _UNITS_PER_MS, MOST_MS))
        self.counts[: len(found)] += found
        self._sum += int(late.sum())
        self._most = max(self._most, int(late.max()))
        least = int(late.min())
        self._least = least if self._least is None else min(self._least, least)

    def spread(self) -> Spread:
        """In seconds; percentiles are rounded down to whole milliseconds, the rest is exact to a unit."""
        upto = np.cumsum(self.counts)
        count = int(upto[-1])
        if not count:
            return Spread()
        p50, p90, p95, p99 = (
            int(np.searchsorted(upto, -(-count * percent // 100))) / 1000 for percent in (50, 90, 95, 99)
        )
        least, most, mean = (to_seconds(units) for units in (self._least or 0, self._most, self._sum))
        return Spread(count, least, p50, p90, p95, p99, most, mean / count)
