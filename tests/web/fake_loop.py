"""An event loop whose clock the test moves, and a transport that leads nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Handle:
    def __init__(self, at: float, callback: Callable[[], object]) -> None:
        self.at, self.callback, self.cancelled = at, callback, False

    def cancel(self) -> None:
        self.cancelled = True


class Loop:
    """Timers that run when the test says so; tasks that never do."""

    def __init__(self) -> None:
        self.now = 0.0
        self.handles: list[Handle] = []

    def call_later(self, delay: float, callback: Callable[..., object], *args: object) -> Handle:
        self.handles.append(Handle(self.now + delay, lambda: callback(*args)))
        return self.handles[-1]

    def time(self) -> float:
        return self.now

    def create_task(self, coroutine: Coroutine[Any, Any, None], **_: object) -> asyncio.Future[None]:
        coroutine.close()
        return asyncio.Future(loop=asyncio.new_event_loop())

    def advance(self, seconds: float) -> None:
        self.now += seconds
        for handle in self.handles:
            if handle.at <= self.now and not handle.cancelled:
                handle.cancel()
                handle.callback()


class Transport(asyncio.Transport):
    """One that keeps what is written."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 50000), "sockname": ("127.0.0.1", 8088)})
        self.aborted = self.closed = False
        self.written = b""
        self.protocol: asyncio.BaseProtocol | None = None

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def abort(self) -> None:
        self.aborted = True

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.aborted or self.closed

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        self.written += data

    def resume_reading(self) -> None:
        """There is nothing to read."""

    def pause_reading(self) -> None:
        """There is nothing to read."""
