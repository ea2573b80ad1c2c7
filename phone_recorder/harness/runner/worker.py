"""A process of a run: it does one thing after the other as it is asked to, and ends when it is told to.

Ctrl-C, and the end of the terminal, are its parent's to hear of, which ends it by SIGTERM. So does the kernel if the
parent is gone, even by SIGKILL.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import inf
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from time import monotonic
from typing import Any, NoReturn

from phone_recorder.adapters.parent_death import end_with_parent

Orphaned = Callable[[], object]

PATIENCE_S = 8
"""So long a process may take to leave in order: a little more than an agent that it has started may."""
HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LEFT = 128 + signal.SIGTERM
_CONTEXT = multiprocessing.get_context("fork")
"""Nothing has to be imported again, and what is to be done need not be sent."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process has ended that was at something: `overdue`, by us; by a `signal`, if it is not 0; or by itself."""

    exit_code: int = 0
    signal: int = 0
    overdue: bool = False

    def __str__(self) -> str:
        if self.signal:
            return f"signal {self.signal} has ended its process"
        return f"its process has ended with exit code {self.exit_code}"


@contextmanager
def held() -> Iterator[None]:
    """Signals that end a program wait until what is inside is done: a process that is being made is not forgotten.

    Those of this thread, which is the only one: a process that forks has no others.
    """
    # Asked for first: to block them may raise what an earlier one has asked for.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Worker:
    """A process, our end of its `pipe`, and the number of what it is `at` until an instant of the monotonic clock.

    `others` are our ends of others' pipes, which it must not hold open. `orphaned` is the last that it does if its
    parent is gone. It is made while signals are held. OSError if the system gives no more processes, or pipes.
    """

    def __init__(
        self, do: Callable[[int], object], others: tuple[Connection, ...], orphaned: Orphaned = lambda: None
    ) -> None:
        self.at = -1
        self.until = inf
        self.pipe, theirs = _CONTEXT.Pipe()
        with theirs:
            more = (do, theirs, (*others, self.pipe))
            self._process: ForkProcess = _CONTEXT.Process(target=_live, args=(os.getpid(), orphaned, *more))
            self._process.start()

    def give(self, number: int, limit_s: float) -> None:
        """Let it do that. One that is dead is noticed when its result is waited for."""
        self.at, self.until = number, monotonic() + limit_s
        with suppress(OSError):
            self.pipe.send(number)

    def ending(self) -> Ending:
        """How it has ended that was not told to."""
        self._process.join(PATIENCE_S)
        self.end()
        code = self._process.exitcode or 0
        return Ending(signal=signal.SIGTERM if code == _LEFT else -code) if code in (_LEFT, *_SIGNALS) else Ending(code)

    def tell_to_end(self) -> None:
        """It ends whatever it is at; nobody waits for it here."""
        self._process.terminate()

    def end(self) -> None:
        """End it, whatever it is at."""
        self.pipe.close()
        self._process.terminate()
        self._process.join(PATIENCE_S)
        self._process.kill()
        self._process.join()


_SIGNALS = range(-signal.NSIG, 0)
"""What multiprocessing calls their exit codes."""


def _live(parent: int, orphaned: Orphaned, *work: Any) -> None:
    """The life of a process; without the parent there is nothing to do but to tidy up."""
    try:
        _end_with(parent)
        _work(*work)
    finally:
        signal.signal(signal.SIGTERM, _go_on)
        if os.getppid() != parent:
            orphaned()


def _work(do: Callable[[int], object], pipe: Connection, others: tuple[Connection, ...]) -> None:
    for other in others:
        other.close()
    while (number := _asked(pipe)) is not None:
        result = do(number)
        with suppress(OSError):
            pipe.send(result)


def _end_with(parent: int) -> None:
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    there = end_with_parent(parent)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
    if not there:
        raise SystemExit(_LEFT)


def _leave(*_: object) -> NoReturn:
    """In order: what is open is closed, what was made is removed. Should that hang, an alarm ends it.

    Another one changes nothing. It is not ignored: Python complains of one that came just before it was.
    """
    signal.signal(signal.SIGTERM, _go_on)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(PATIENCE_S)
    raise SystemExit(_LEFT)


def _go_on(*_: object) -> None:
    """Leave as before."""


def _asked(pipe: Connection) -> int | None:
    """The number of what is to be done next, None if nobody asks any more."""
    try:
        number: int = pipe.recv()
    except (EOFError, OSError):
        return None
    return number
