"""Time for the user agent, in seconds: an asyncio loop's, or one that goes when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Protocol

Callback = Callable[[], None]


class Timer(Protocol):
    """Something that will happen."""

    def cancel(self) -> None:
        """It will not."""


class Timers(Protocol):
    """Tells the time, and calls back."""

    def now(self) -> float: ...

    def call_later(self, seconds: float, callback: Callback) -> Timer: ...


class LoopTimers:
    """The running asyncio loop's time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def now(self) -> float:
        return self._loop.time()

    def call_later(self, seconds: float, callback: Callback) -> Timer:
        return self._loop.call_later(seconds, callback)


class VirtualTimers:
    """Stands still until it is advanced."""

    def __init__(self) -> None:
        self._now = 0.0
        self._numbers = count()
        self._waiting: list[tuple[float, int, _VirtualTimer]] = []

    @property
    def waiting(self) -> int:
        """Timers that were set and neither cancelled nor run."""
        return sum(timer.callback is not None for _, _, timer in self._waiting)

    def now(self) -> float:
        return self._now

    def call_later(self, seconds: float, callback: Callback) -> Timer:
        timer = _VirtualTimer(callback)
        heappush(self._waiting, (self._now + seconds, next(self._numbers), timer))
        return timer

    def advance(self, seconds: float) -> None:
        """Let so much time pass; what is due happens at its own instant, in order, and so does what that sets."""
        end = self._now + seconds
        while self._waiting and self._waiting[0][0] <= end:
            self._now, _, timer = heappop(self._waiting)
            timer.run()
        self._now = end


class _VirtualTimer:
    def __init__(self, callback: Callback) -> None:
        self.callback: Callback | None = callback

    def cancel(self) -> None:
        self.callback = None

    def run(self) -> None:
        callback, self.callback = self.callback, None
        if callback:
            callback()
