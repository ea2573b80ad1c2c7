"""A drive that is slow, under a virtual clock: it takes its time, and no real time passes.

A job that waits for a stick must be left where it waits, and go on there later, or find the stick pulled out: so it is
done by a thread, as it is live. But that thread and the call take turns, and never run at the same time: the thread
runs until it waits for an instant that has not come, and then the call does. So the same comes of it each time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.drive_jobs import Jobs
from phone_recorder.adapters.drive_worker import Do
from phone_recorder.recording.units import from_seconds


class SlowTime:
    """The virtual time of those who write to one drive. `wait` is for its EmulatedPort, `worker` for its PhoneDrive.

    `slow` tells whether the drive may make anybody wait now; while it does not, no thread is used.
    """

    def __init__(self, clock: Clock, slow: Callable[[], bool] = lambda: True) -> None:
        self.slow = slow
        self.running: SlowWorker | None = None
        """Whose turn it is; None for the call's."""
        self._clock = clock
        self._workers: list[SlowWorker] = []

    def now(self) -> int:
        return self._clock.now()

    def worker(self) -> SlowWorker:
        """For one recording."""
        made = SlowWorker(self)
        self._workers = [*(worker for worker in self._workers if not worker.finished), made]
        return made

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """A stick_faults.Wait. Nobody waits but those who write: the call itself can let no time pass."""
        if self.running:
            self.running.wait(event, seconds)
        return event.is_set()

    def advance(self) -> None:
        """Call at each tick: who writes goes on, also for a recording that was given up and asks no more."""
        for worker in self._workers:
            worker.notify()


class SlowWorker:
    """Does a recording's jobs at the call's instants: each begins when it is wanted, or when the one before is done."""

    def __init__(self, time: SlowTime) -> None:
        self._time = time
        self._jobs: Jobs | None = None
        self._do: Do | None = None
        self._instant = 0  # until which the drive was busy
        self._limit = 0  # until which it may go on now
        self._waits: tuple[threading.Event, int] | None = None  # for that, or until then
        self._thread: threading.Thread | None = None
        self._turn, self._given_back = threading.Semaphore(0), threading.Semaphore(0)

    def start(self, jobs: Jobs, do: Do) -> None:
        self._jobs, self._do = jobs, do

    def notify(self) -> None:
        self._run(self._time.now())

    @property
    def finished(self) -> bool:
        return self._do is None

    def finish(self, timeout_s: float) -> bool:
        """In so much of its own time."""
        self._run(self._time.now() + from_seconds(timeout_s))
        return self.finished

    def wait(self, event: threading.Event, seconds: float) -> None:
        """In a job: until the event, or for so long."""
        until = self._instant + from_seconds(seconds)
        self._waits = event, until
        while self._thread and self._still_waits():
            self._given_back.release()
            self._turn.acquire()
        self._waits = None
        self._instant = min(until, max(self._instant, self._time.now())) if event.is_set() else until

    def _run(self, limit: int) -> None:
        """Let it go on until this instant, or until there is nothing to do."""
        self._limit = limit
        if self._time.running or self._still_waits() or not (self._jobs and self._jobs.first()):
            return
        self._time.running = self
        if self._thread:
            self._turn.release()
            self._given_back.acquire()
        elif self._time.slow():
            self._thread = threading.Thread(target=self._on_thread, name="slow drive", daemon=True)
            self._thread.start()
            self._given_back.acquire()
        else:
            self._work()
        self._time.running = None

    def _still_waits(self) -> bool:
        return self._waits is not None and not self._waits[0].is_set() and self._waits[1] > self._limit

    def _on_thread(self) -> None:
        self._work()
        self._thread = None
        self._given_back.release()

    def _work(self) -> None:
        """Each job in its turn, as long as there are any."""
        while self._jobs and self._do and (job := self._jobs.first()):
            self._instant = max(self._instant, job.wanted)
            more = self._do(job)
            self._jobs.done()
            if not more:
                self._jobs.close()
                self._do = None
