"""Lines for whoever watches, written on a thread: a terminal that stands still, or a full pipe, holds nobody up."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

MOST_WAITING = 10_000
"""Lines. When more wait, the oldest are dropped."""
STOP_S = 1.0
"""How long whoever does not read is waited for at the end."""


class Lines:
    """`write` takes one line at a time, and may take long. Use as `with Lines(write) as lines`."""

    def __init__(self, write: Callable[[str], object], most: int = MOST_WAITING) -> None:
        self._write = write
        self._change = threading.Condition()
        self._waiting: deque[str] = deque(maxlen=most)
        self._dropped = 0
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="lines", daemon=True)

    def __enter__(self) -> Lines:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._change:
            self._closing = True
            self._change.notify()
        self._thread.join(STOP_S)

    def tell(self, line: str) -> None:
        """Have a line written; this never waits."""
        with self._change:
            self._dropped += len(self._waiting) == self._waiting.maxlen
            self._waiting.append(line)
            self._change.notify()

    def _work(self) -> None:
        while lines := self._next():
            for line in lines:
                self._write(line)

    def _next(self) -> list[str]:
        """What waits, when something does; nothing at the end."""
        with self._change:
            self._change.wait_for(lambda: self._waiting or self._closing)
            lines = [f"{self._dropped} lines were dropped: nobody read them in time"] if self._dropped else []
            lines += self._waiting
            self._waiting.clear()
            self._dropped = 0
            return lines
