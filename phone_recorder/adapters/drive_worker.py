"""Who does the jobs of a drive: a thread, as real time passes; under a virtual clock see `slow_time`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from phone_recorder.adapters.drive_jobs import Job, Jobs

Do = Callable[[Job], bool]
"""Does a job; whether another one may follow."""


class Worker(Protocol):
    """Does the jobs of one destination, one after the other, until `do` has said that it was the last."""

    def start(self, jobs: Jobs, do: Do) -> None:
        """Begin; RuntimeError if there can be no more of them."""

    def notify(self) -> None:
        """There are jobs, or time has passed."""

    @property
    def finished(self) -> bool:
        """All is done, or nothing ever began."""

    def finish(self, timeout_s: float) -> bool:
        """Wait until all is done; False if the drive still hangs then."""


class ThreadWorker:
    """A thread of its own, which hangs where the drive hangs."""

    def __init__(self) -> None:
        self._jobs: Jobs | None = None
        self._thread: threading.Thread | None = None

    def start(self, jobs: Jobs, do: Do) -> None:
        thread = threading.Thread(target=_work, args=(jobs, do), name="drive writer", daemon=True)
        thread.start()
        self._jobs, self._thread = jobs, thread

    def notify(self) -> None:
        if self._jobs:
            self._jobs.wake()

    @property
    def finished(self) -> bool:
        return self._thread is None or not self._thread.is_alive()

    def finish(self, timeout_s: float) -> bool:
        if self._thread:
            self._thread.join(timeout_s)
        return self.finished


def _work(jobs: Jobs, do: Do) -> None:
    """The thread: each job in its turn."""
    more = True
    while more:
        more = do(jobs.wait())
        jobs.done()
    jobs.close()
