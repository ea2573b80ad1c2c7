"""Those who write to a stick in the background, and their time: threads, as real time passes; see also `slow_time`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.drive_worker import ThreadWorker, Worker


class StickWriters(Protocol):
    """`wait` is for the stick's EmulatedPort, `worker` for its PhoneDrive."""

    def worker(self) -> Worker:
        """For one recording."""

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """A stick_faults.Wait."""

    def advance(self) -> None:
        """Call at each tick."""


MakeWriters = Callable[[Clock, Callable[[], bool]], StickWriters]
"""From a clock, and what tells whether the stick may make anybody wait now."""


class Threads:
    """Each writer is a thread, and hangs where the stick hangs. A MakeWriters: real time passes by itself."""

    def __init__(self, clock: Clock, slow: Callable[[], bool]) -> None:
        """Neither is needed."""

    def worker(self) -> Worker:
        return ThreadWorker()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.wait(seconds)

    def advance(self) -> None:
        """Nobody waits for this."""
