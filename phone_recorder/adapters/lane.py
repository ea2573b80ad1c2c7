"""Work for one thing that may hang, such as a drive: one after the other on one thread, and nobody waits for ever."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent import futures
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Work = Callable[[], T]


class Lane:
    """One thread at a time, a daemonic one, which is there while there is work; `room` more pieces may wait for it.

    `refusal` makes the error of whoever has waited for `patience_s` (None: without end), of whoever comes while one
    piece has taken as long as that, and of whoever finds no room. What nobody waits for any more is not begun. Any
    thread may call; on an event loop `ask` of adapters.aside waits.
    """

    def __init__(
        self,
        refusal: Callable[[], Exception],
        patience_s: float | None,
        room: int,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.refusal, self.patience_s, self._room, self._now = refusal, patience_s, room, now
        self._lock = threading.Lock()
        self._waiting: deque[tuple[futures.Future[Any], Work[Any]]] = deque()
        self._began: float | None = None  # the piece that is being done; None without a thread

    def put(self, work: Work[T]) -> futures.Future[T]:
        """Have it done when what came before is; `refusal` at once if it hangs, or too many wait."""
        done: futures.Future[T] = futures.Future()
        with self._lock:
            self._demand_life()
            if self._began is None:
                self._start(done, work)
            elif len(self._waiting) < self._room:
                self._waiting.append((done, work))
            else:
                raise self.refusal()
        return done

    def wait(self, work: Work[T]) -> T:
        """What `work` gives, or raises, for another thread."""
        done = self.put(work)
        futures.wait([done], self.patience_s)
        if done.cancel() or not done.done():
            raise self.refusal()
        return done.result()

    def demand_life(self) -> None:
        """`refusal` if a piece has taken as long as anybody waits."""
        with self._lock:
            self._demand_life()

    def _demand_life(self) -> None:
        if self._began is None or self.patience_s is None:
            return
        if self._now() - self._began >= self.patience_s:
            raise self.refusal()

    def _start(self, done: futures.Future[Any], work: Work[Any]) -> None:
        self._began = self._now()
        try:
            threading.Thread(target=self._run, args=(done, work), name="lane", daemon=True).start()
        except RuntimeError as error:
            # This process may have no more threads just now; the next piece may find one.
            self._began = None
            raise self.refusal() from error

    def _run(self, done: futures.Future[Any], work: Work[Any]) -> None:
        """The thread: the first piece, and those that came meanwhile."""
        piece: tuple[futures.Future[Any], Work[Any]] | None = done, work
        while piece:
            _do(*piece)
            piece = self._next()

    def _next(self) -> tuple[futures.Future[Any], Work[Any]] | None:
        with self._lock:
            piece = self._waiting.popleft() if self._waiting else None
            self._began = self._now() if piece else None
            return piece


class Lanes:
    """A lane for one thing at a time, such as the drive that is plugged in now: one that hangs holds up no other."""

    def __init__(self, make: Callable[[], Lane]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._last: tuple[object, Lane] | None = None

    def of(self, thing: object) -> Lane:
        """The lane of this thing, the same one as long as no other comes between."""
        with self._lock:
            if self._last is None or self._last[0] != thing:
                self._last = thing, self._make()
            return self._last[1]


class Newest(Generic[T]):
    """What has the highest number of all that was found, by any thread; `value` at first."""

    def __init__(self, value: T) -> None:
        self._kept = 0, value
        self._lock = threading.Lock()

    @property
    def number(self) -> int:
        """That of what is kept."""
        return self._kept[0]

    @property
    def value(self) -> T:
        """What is kept."""
        return self._kept[1]

    def keep(self, number: int, value: T) -> T:
        """Keep this, unless there is a newer one; what is kept now."""
        with self._lock:
            if number >= self._kept[0]:
                self._kept = number, value
            return self._kept[1]


def _do(done: futures.Future[Any], work: Work[Any]) -> None:
    if not done.set_running_or_notify_cancel():
        return
    try:
        result = work()
    except BaseException as error:
        done.set_exception(error)
    else:
        done.set_result(result)
