"""Work in several processes: its results come in order, and a process that dies costs no more than what it was at.

concurrent.futures tells of a dead process only that one of all that were under way has killed it; here each process has
one thing to do at a time, and a pipe of its own.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Generic, TypeVar

R = TypeVar("R")

_CONTEXT = multiprocessing.get_context("fork")
"""Nothing has to be imported again, and what is to be done need not be sent."""
PATIENCE_S = 5


def in_order(do: Callable[[int], R], count: int, processes: int, died: Callable[[int, str], R]) -> Generator[R]:
    """`do` of 0 to `count` - 1 in so many processes. `died` makes the result where a process was ended meanwhile.

    With one process there is none but this. Whoever stops asking ends what is still under way.
    """
    if min(processes, count) <= 1:
        yield from map(do, range(count))
        return
    pool = _Pool(do, count, died)
    try:
        pool.start(min(processes, count))
        yield from pool.results()
    finally:
        pool.close()


class _Pool(Generic[R]):
    def __init__(self, do: Callable[[int], R], count: int, died: Callable[[int, str], R]) -> None:
        self._do = do
        self._died = died
        self._count = count
        self._todo = iter(range(count))
        self._workers: dict[Connection, _Worker] = {}
        self._done: dict[int, R] = {}

    def start(self, processes: int) -> None:
        for _ in range(processes):
            self._next(self._new())

    def results(self) -> Iterator[R]:
        for number in range(self._count):
            while number not in self._done:
                self._wait()
            yield self._done.pop(number)

    def close(self) -> None:
        for worker in self._workers.values():
            worker.end()

    def _wait(self) -> None:
        for pipe in wait(list(self._workers)):
            if isinstance(pipe, Connection):
                self._take(self._workers[pipe])

    def _take(self, worker: _Worker) -> None:
        """A worker has a result, or is dead and another takes its place."""
        try:
            self._done[worker.at] = worker.pipe.recv()
        except (EOFError, OSError):
            self._workers.pop(worker.pipe)
            self._done[worker.at] = self._died(worker.at, worker.ending())
            worker = self._new()
        self._next(worker)

    def _next(self, worker: _Worker) -> None:
        worker.at = next(self._todo, -1)
        if worker.at < 0:
            self._workers.pop(worker.pipe).end()
        else:
            worker.give()

    def _new(self) -> _Worker:
        worker = _Worker(self._do, tuple(self._workers))
        self._workers[worker.pipe] = worker
        return worker


class _Worker:
    """A process, our end of its pipe, and the number of what it is at."""

    def __init__(self, do: Callable[[int], object], others: tuple[Connection, ...]) -> None:
        self.at = -1
        self.pipe, theirs = _CONTEXT.Pipe()
        self._process: ForkProcess = _CONTEXT.Process(target=_work, args=(do, theirs, (*others, self.pipe)))
        self._process.start()
        theirs.close()

    def give(self) -> None:
        """Let it do what it is at. One that is dead is noticed when its result is waited for."""
        with suppress(OSError):
            self.pipe.send(self.at)

    def ending(self) -> str:
        """How a process has ended that was not told to, in words."""
        self._process.join(PATIENCE_S)
        self.end()
        code = self._process.exitcode or 0
        return f"signal {-code} has ended its process" if code < 0 else f"its process has ended with exit code {code}"

    def end(self) -> None:
        """End it, whatever it is at."""
        self.pipe.close()
        self._process.terminate()
        self._process.join(PATIENCE_S)
        self._process.kill()
        self._process.join()


def _work(do: Callable[[int], object], pipe: Connection, others: tuple[Connection, ...]) -> None:
    """The life of a process. Ctrl-C is our parent's to hear of; without the parent there is nothing to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for other in others:
        other.close()
    while (number := _asked(pipe)) is not None:
        result = do(number)
        with suppress(OSError):
            pipe.send(result)


def _asked(pipe: Connection) -> int | None:
    """The number of what is to be done next, None if nobody asks any more."""
    try:
        number: int = pipe.recv()
    except (EOFError, OSError):
        return None
    return number
