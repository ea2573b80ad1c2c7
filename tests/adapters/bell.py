"""A watch for drives that a test rings by hand."""

from __future__ import annotations

import threading


class Bell:
    """A watch that a test rings."""

    def __init__(self) -> None:
        self._rings = threading.Semaphore(0)
        self.waits = 0
        self.closed = False

    def wait(self, timeout_s: float | None) -> bool:
        self.waits += 1
        return self._rings.acquire(timeout=timeout_s)

    def wake(self) -> None:
        self._rings.release()

    def close(self) -> None:
        self.closed = True
