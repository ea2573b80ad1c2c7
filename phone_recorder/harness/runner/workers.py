"""Work in several processes: its results come in order, and a process that dies costs no more than what it was at.

concurrent.futures tells of a dead process only that one of all that were under way has killed it; here each process has
one thing to do at a time, and a pipe of its own. So one that is at it for too long can be ended, too.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from math import inf
from multiprocessing.connection import Connection, wait
from time import monotonic
from typing import Generic, TypeVar

from phone_recorder.errors import UsageError
from phone_recorder.harness.runner.worker import Ending, Orphaned, Worker, held

R = TypeVar("R")

Died = Callable[[int, Ending], R]
"""Makes the result of what a process was at when it ended."""
LONGEST_S = 3600.0
"""What is waited for at a time: the kernel counts milliseconds in 32 bits."""


def in_order(
    do: Callable[[int], R],
    count: int,
    processes: int,
    died: Died[R],
    limit_s: Callable[[int], float] | None = None,
    orphaned: Orphaned = lambda: None,
) -> Generator[R]:
    """`do` of 0 to `count` - 1 in so many processes, or in as many as the system gives; UsageError if that is none.

    `limit_s` are the seconds that each may take; then its process is ended. Without limits, and with one process, there
    is none but this. Whoever stops asking ends what is still under way. Each process does `orphaned` in the end if this
    one is gone before it, as by SIGKILL.
    """
    if limit_s is None and min(processes, count) <= 1:
        yield from map(do, range(count))
        return
    pool = _Pool(do, count, died, limit_s or (lambda _: inf), orphaned)
    try:
        pool.start(min(processes, count))
        yield from pool.results()
    finally:
        pool.close()


class _Pool(Generic[R]):
    def __init__(
        self,
        do: Callable[[int], R],
        count: int,
        died: Died[R],
        limit_s: Callable[[int], float],
        orphaned: Orphaned,
    ) -> None:
        self._do = do
        self._orphaned = orphaned
        self._died = died
        self._limit_s = limit_s
        self._count = count
        self._todo = iter(range(count))
        self._workers: dict[Connection, Worker] = {}
        self._done: dict[int, R] = {}

    def start(self, processes: int) -> None:
        for _ in range(processes):
            self._add()

    def results(self) -> Iterator[R]:
        for number in range(self._count):
            while number not in self._done:
                self._wait()
            yield self._done.pop(number)

    def close(self) -> None:
        with held():
            for worker in self._workers.values():
                worker.tell_to_end()
            for worker in self._workers.values():
                worker.end()

    def _wait(self) -> None:
        until = min(worker.until for worker in self._workers.values())
        for pipe in wait(list(self._workers), min(max(until - monotonic(), 0), LONGEST_S)):
            if isinstance(pipe, Connection):
                self._take(self._workers[pipe])
        for worker in [worker for worker in self._workers.values() if worker.until <= monotonic()]:
            self._bury(worker, overdue=True)

    def _take(self, worker: Worker) -> None:
        """A worker has a result, or is dead."""
        try:
            self._done[worker.at] = worker.pipe.recv()
        except (EOFError, OSError):
            self._bury(worker)
        else:
            self._next(worker)

    def _bury(self, worker: Worker, overdue: bool = False) -> None:
        """Another takes its place."""
        with held():
            if overdue:
                worker.end()
            ending = Ending(overdue=True) if overdue else worker.ending()
            self._workers.pop(worker.pipe)
        self._done[worker.at] = self._died(worker.at, ending)
        self._add()

    def _add(self) -> None:
        """Another process. If there cannot be one, the others have more to do."""
        try:
            with held():
                worker = Worker(self._do, tuple(self._workers), self._orphaned)
                self._workers[worker.pipe] = worker
        except OSError as error:
            if not self._workers:
                why = (error.strerror or str(error)).lower()
                raise UsageError(
                    f"no process can be started: {why}: end others, or raise what `ulimit -a` shows"
                ) from error
            return
        self._next(worker)

    def _next(self, worker: Worker) -> None:
        number = next(self._todo, -1)
        if number < 0:
            self._workers.pop(worker.pipe).end()
        else:
            worker.give(number, self._limit_s(number))
