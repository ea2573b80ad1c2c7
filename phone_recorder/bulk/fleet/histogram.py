"""Many durations in little memory: counted in bins that are each wider than the one before by the same factor."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from phone_recorder.bulk.spread import Spread

LEAST_S, MOST_S = 1e-6, 1e5
STEP = 1.02
"""Width of a bin. What is told of it is its middle, so a percentile is wrong by 1 % at the most."""
_LOG_STEP = math.log(STEP)
BINS = math.ceil(math.log(MOST_S / LEAST_S) / _LOG_STEP) + 1
_MIDDLES = LEAST_S * STEP ** (np.arange(BINS) - 0.5)
_SHARES = (0.50, 0.90, 0.95, 0.99)


class Histogram:
    """Durations in seconds: count, least, most and mean exact, percentiles within 1 %; below 1 us all are as one."""

    def __init__(self) -> None:
        self.count = 0
        self._bins: NDArray[np.int64] = np.zeros(BINS, np.int64)
        self._sum = 0.0
        self._least = math.inf
        self._most = 0.0

    def add(self, seconds: float) -> None:
        """Count one; less than nothing, as two clocks may have it, is nothing."""
        seconds = max(seconds, 0.0)
        self._bins[_bin(seconds)] += 1
        self._note(1, seconds, seconds, seconds)

    def add_all(self, seconds: Iterable[float] | NDArray[np.float64], counts: NDArray[np.int64] | None = None) -> None:
        """Count many at once, each as often as `counts` says, or once."""
        values = np.maximum(np.asarray(seconds, np.float64), 0.0)
        often = np.ones(len(values), np.int64) if counts is None else counts
        values, often = values[often > 0], often[often > 0]
        if len(values):
            steps = np.ceil(np.log(np.maximum(values, LEAST_S) / LEAST_S) / _LOG_STEP).astype(np.int64)
            np.add.at(self._bins, np.clip(steps, 0, BINS - 1), often)
            self._note(int(often.sum()), float(values @ often), float(values.min()), float(values.max()))

    def merge(self, other: Histogram) -> None:
        """Count what another has counted too."""
        self._bins += other._bins
        self._note(other.count, other._sum, other._least, other._most)

    def spread(self) -> Spread:
        """What was counted so far."""
        if not self.count:
            return Spread()
        ranks = [math.ceil(share * self.count) for share in _SHARES]
        found = _MIDDLES[np.searchsorted(np.cumsum(self._bins), ranks)]
        p50, p90, p95, p99 = np.clip(found, self._least, self._most).tolist()
        return Spread(self.count, self._least, p50, p90, p95, p99, self._most, self._sum / self.count)

    def _note(self, count: int, total: float, least: float, most: float) -> None:
        self.count += count
        self._sum += total
        self._least = min(self._least, least)
        self._most = max(self._most, most)


def _bin(seconds: float) -> int:
    return min(math.ceil(math.log(seconds / LEAST_S) / _LOG_STEP), BINS - 1) if seconds > LEAST_S else 0
