"""One thread that waits for files, timers, signals and other threads, and sleeps while nothing happens.

It stands where an event loop of asyncio would, in a process that has no memory for one: the agent on a phone. There is
no tick. Without a timer the thread waits in epoll_wait(2) for as long as nothing happens.
"""

from __future__ import annotations

import select
import signal
import socket
import time
import types
from bisect import bisect_right, insort
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")
Call = Callable[[], None]
Done = Callable[[T | None, BaseException | None], None]
"""Told the result of a coroutine, or the error that ended it."""

LONGEST_S = 1_000_000.0
"""For which it waits at once: epoll_wait(2) counts milliseconds in 32 bits."""


class Timer:
    """A call that will be made at `when_s`, monotonic seconds, unless it is cancelled."""

    __slots__ = ("_timers", "call", "when_s")

    def __init__(self, timers: list[Timer], when_s: float, call: Call) -> None:
        self._timers, self.when_s, self.call = timers, when_s, call

    def cancel(self) -> None:
        """Do not call; nothing, if it was called or cancelled already."""
        with suppress(ValueError):
            self._timers.remove(self)


class Reactor:
    """Calls what was asked for, always on the thread that runs it. Only `soon` and `stop` may be used by others.

    A callback never waits. An error that it raises ends `run`.
    """

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._watched: dict[int, _Watched] = {}
        self._timers: list[Timer] = []
        self._calls: deque[Call] = deque()
        self._works: set[Coroutine[Any, Any, Any]] = set()
        self._handlers: dict[int, Any] = {}
        self._old_wakeup = -1
        self._stopping = False
        # A pair of sockets and no eventfd(2): a signal writes one byte, and an eventfd takes eight.
        self._bell, self._rung = socket.socketpair()
        self._bell.setblocking(False)
        self._rung.setblocking(False)
        self.reading(self._rung.fileno(), self._quieten)

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def reading(self, fd: int, ready: Call | None) -> None:
        """Call this whenever there is something to read, an end or an error; None: no more.

        What it finds may be gone by then: `fd` does not block.
        """
        watched = self._watched.get(fd, _Watched())
        watched.reading = ready
        self._watch(fd, watched)

    def writing(self, fd: int, ready: Call | None) -> None:
        """Call this whenever there is room to write, or an error; None: no more."""
        watched = self._watched.get(fd, _Watched())
        watched.writing = ready
        self._watch(fd, watched)

    def forget(self, fd: int) -> None:
        """Call nothing for it any more, from this instant; before it is closed."""
        if watched := self._watched.get(fd):
            watched.reading = watched.writing = None
            self._watch(fd, watched)

    def later(self, delay_s: float, call: Call) -> Timer:
        """Call this in so many seconds."""
        return self.at(self.now() + delay_s, call)

    def at(self, when_s: float, call: Call) -> Timer:
        """Call this at that time, monotonic seconds. Of the same time, what was asked for first is called first."""
        timer = Timer(self._timers, when_s, call)
        insort(self._timers, timer, key=_when)
        return timer

    def soon(self, call: Call) -> None:
        """Call this next, in the order of asking. Any thread may ask, and a signal handler. Nothing after `close`."""
        self._calls.append(call)
        self._ring()

    def on_signal(self, number: int, call: Call) -> None:
        """Call this at that signal, in place of what happens now. On the main thread alone; until `close`."""
        if not self._handlers:
            self._old_wakeup = signal.set_wakeup_fd(self._bell.fileno(), warn_on_full_buffer=False)
        old = signal.signal(number, lambda number, frame: self.soon(call))
        self._handlers.setdefault(number, old)

    def start(self, work: Coroutine[Any, Any, T], done: Done[T] | None = None) -> None:
        """Run a coroutine: at once until it first has to wait, and on whenever what it waits for is there.

        It may await `waiting`, and coroutines that do, and nothing else. `done` is told how it ended; without one an
        error ends `run`. What still waits at `close` is closed there, and `done` not told.
        """
        self._works.add(work)
        self._go_on(work, done or _demand_success)

    def run(self) -> None:
        """Until `stop`; at once, if that came before. The error of a callback is raised here."""
        while not self._stopping:
            self._round()
        self._stopping = False

    def stop(self) -> None:
        """End `run` when what is ready now was called. Any thread may, and a signal handler."""
        self._stopping = True
        self._ring()

    def close(self) -> None:
        """Close the coroutines that wait, give the signals back, and call nothing any more."""
        while self._works:
            self._works.pop().close()
        self._calls.clear()
        self._timers.clear()
        for number, old in self._handlers.items():
            # None is a handler that was not set by Python, which cannot set it again either.
            signal.signal(number, signal.SIG_DFL if old is None else old)
        if self._handlers:
            signal.set_wakeup_fd(self._old_wakeup)
        self._handlers.clear()
        for part in (self._epoll, self._bell, self._rung):
            part.close()

    def _ring(self) -> None:
        with suppress(OSError):  # it is full: rung already; or closed
            self._bell.send(b"\0")

    def _quieten(self) -> None:
        with suppress(BlockingIOError):
            self._rung.recv(4096)

    def _watch(self, fd: int, watched: _Watched) -> None:
        """Tell the kernel what is waited for now."""
        told, watched.told = watched.told, watched.mask
        if told == watched.told:
            return
        if not told:
            self._epoll.register(fd, watched.told)
            self._watched[fd] = watched
        elif watched.told:
            self._epoll.modify(fd, watched.told)
        else:
            del self._watched[fd]
            self._epoll.unregister(fd)

    def _round(self) -> None:
        """Wait until something happens, and call what it calls for."""
        # What happened is tied to whoever waited for it: a callback may close its file, and another get its number.
        happened = [(self._watched[fd], mask) for fd, mask in self._epoll.poll(self._timeout_s())]
        for watched, mask in happened:
            watched.happened(mask)
        for _ in range(len(self._calls)):
            self._calls.popleft()()
        self._call_due()

    def _timeout_s(self) -> float | None:
        """How long nothing will happen without anybody else; None for ever."""
        if self._calls or self._stopping:
            return 0
        return min(max(self._timers[0].when_s - self.now(), 0), LONGEST_S) if self._timers else None

    def _call_due(self) -> None:
        """The timers that are due. One that such a call sets is for the next round, however early."""
        due = self._timers[: bisect_right(self._timers, self.now(), key=_when)]
        for timer in due:
            if timer in self._timers:
                self._timers.remove(timer)
                timer.call()

    def _go_on(self, work: Coroutine[Any, Any, T], done: Done[T]) -> None:
        if work not in self._works:
            return
        try:
            awaited = _next(work)
        except StopIteration as end:
            self._works.discard(work)
            done(end.value, None)
        except BaseException as error:
            self._works.discard(work)
            done(None, error)
        else:
            awaited.add_done_callback(lambda _: self.soon(partial(self._go_on, work, done)))


async def waiting(future: Future[T]) -> T:
    """What the future gives, or raises, for a coroutine that `Reactor.start` runs."""
    if not future.done():
        await _until_done(future)
    return future.result()


@types.coroutine
def _until_done(future: Future[Any]) -> Generator[Future[Any], None, None]:
    yield future


def _next(work: Coroutine[Any, Any, Any]) -> Future[Any]:
    """Run it until it has to wait: what for."""
    awaited = work.send(None)
    while not isinstance(awaited, Future):
        awaited = work.throw(TypeError(f"a coroutine of the reactor waits for futures, not for {awaited!r}"))
    return awaited


def _demand_success(result: object, error: BaseException | None) -> None:
    if error:
        raise error


def _when(timer: Timer) -> float:
    return timer.when_s


class _Watched:
    """Who waits for a file."""

    __slots__ = ("reading", "told", "writing")

    def __init__(self) -> None:
        self.told = 0  # what the kernel knows that is waited for
        self.reading: Call | None = None
        self.writing: Call | None = None

    @property
    def mask(self) -> int:
        return (select.EPOLLIN if self.reading else 0) | (select.EPOLLOUT if self.writing else 0)

    def happened(self, mask: int) -> None:
        """An error, or the end of the other side, is for both: whoever reads or writes meets it there."""
        if mask & ~select.EPOLLOUT and self.reading:
            self.reading()
        if mask & ~select.EPOLLIN and self.writing:
            self.writing()
