"""A loudspeaker for a phone that has none: it takes samples as fast as they would be heard, and makes no sound."""

from __future__ import annotations

import threading
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_LAG_S = 0.25
"""Whoever is later than this, after a standstill of the machine, say, is not let catch up."""


class SilentSink:
    """Mono samples at `rate` Hz: a `write` takes until all samples so far would have been heard.

    `wait` waits so many seconds, or less, and tells whether the sink is closed, as `threading.Event().wait` does;
    `clock` tells seconds.
    """

    def __init__(self, rate: int, wait: Callable[[float], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._wait = wait
        self._clock = clock
        self._heard_at = clock()  # when all so far is heard

    def write(self, samples: array[int]) -> None:
        """Take these after those before; of a closed sink, at once."""
        self._heard_at = max(self._heard_at, self._clock() - _LAG_S) + len(samples) / self._rate
        while (left := self._heard_at - self._clock()) > 0:
            if self._wait(left):
                return


@contextmanager
def open_silence(rate: int, closed: threading.Event | None = None) -> Iterator[SilentSink]:
    """A silent sink at `rate` Hz. Once `closed` is set, by any thread, a `write` that waits returns at once."""
    closed = closed or threading.Event()
    try:
        yield SilentSink(rate, closed.wait)
    finally:
        closed.set()
