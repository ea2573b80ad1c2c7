"""What is to be done with a drive, in order: posted by the call, done by whoever writes to the drive."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done with the drive, wanted at an instant; `size` in bytes of audio."""

    wanted: int
    run: Callable[[], None]
    size: int = 0


class Jobs:
    """The first job is the one that is being done, and stays until it is. Both sides may use it at once."""

    def __init__(self) -> None:
        self.waiting = 0
        """Bytes of audio in all of them."""
        self._change = threading.Condition()
        self._jobs: deque[Job] = deque()
        self._closed = False

    def post(self, job: Job) -> None:
        """Another one; nobody is woken for it."""
        with self._change:
            if not self._closed:
                self._jobs.append(job)
                self.waiting += job.size

    def wake(self) -> None:
        """Let who waits for a job look."""
        with self._change:
            self._change.notify()

    def replace(self, job: Job) -> None:
        """This one in place of all that have not begun."""
        with self._change:
            while len(self._jobs) > 1:
                self.waiting -= self._jobs.pop().size
            self._jobs.append(job)

    def first(self) -> Job | None:
        """The one that is being done, or is to be done next."""
        return self._jobs[0] if self._jobs else None

    def wait(self) -> Job:
        """The next one; if there is none yet, whoever posts it wakes us."""
        with self._change:
            self._change.wait_for(lambda: self._jobs)
            return self._jobs[0]

    def done(self) -> None:
        """The first one is."""
        with self._change:
            self.waiting -= self._jobs.popleft().size

    def close(self) -> None:
        """Nothing is to be done any more, whatever comes: audio that is too late for a destination that has failed."""
        with self._change:
            self._closed = True
            self._jobs.clear()
            self.waiting = 0

    def behind(self, now: int) -> int:
        """How long the first one has been wanted for, in units."""
        with self._change:
            return now - self._jobs[0].wanted if self._jobs else 0
