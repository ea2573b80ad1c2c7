"""What is being recorded, pushed to whoever watches as Server-Sent Events (HTML standard, section 9.2).

Once a second, and at once when a recording begins or ends. All viewers share one snapshot; one who reads slowly
misses snapshots, and nobody waits for him.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress

import msgspec

from phone_recorder.server.entry import Live
from phone_recorder.web.server.ports import ListLive

EVERY_S = 1.0
LEAST_S = 0.1
"""Between two snapshots, however many recordings begin and end."""
MOST_SHOWN = 500
RETRY_MS = 2000
"""When a browser that has lost the connection asks again."""


class LiveSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """`total` recordings are running; the first 500 of them are in `live`."""

    total: int
    live: Sequence[Live]


class LiveHub:
    """Makes snapshots while somebody watches: one in `every_s` seconds, and none within `least_s` of another."""

    def __init__(self, live: ListLive, every_s: float = EVERY_S, least_s: float = LEAST_S) -> None:
        self._live = live
        self._every_s = every_s
        self._least_s = least_s
        self._changed = asyncio.Event()
        self._next = asyncio.Event()
        self._event = b""
        self._made = 0  # so many snapshots; the last one is in the event
        self._closed = False
        self._viewers = 0
        self._making: asyncio.Task[None] | None = None

    def changed(self) -> None:
        """A recording has begun or ended. Call from the loop's thread."""
        self._changed.set()

    def close(self) -> None:
        """End every viewer's stream."""
        self._closed = True
        self._next.set()
        if self._making:
            self._making.cancel()

    def snapshot(self) -> LiveSnapshot:
        """What is being recorded now."""
        live = self._live()
        return LiveSnapshot(total=len(live), live=live[:MOST_SHOWN])

    async def watch(self, allowed: Callable[[], bool] = lambda: True) -> AsyncIterator[bytes]:
        """Events for one viewer, as long as it is `allowed` to see them."""
        self._viewers += 1
        try:
            yield b"retry: %d\n\n" % RETRY_MS
            making, seen = self._join()
            while not self._closed:
                if seen == self._made:
                    await self._next.wait()
                if self._closed or making.done() or not allowed():
                    return
                seen = self._made
                yield self._event
        finally:
            self._viewers -= 1

    def _join(self) -> tuple[asyncio.Task[None], int]:
        """See to it that snapshots are made; and the number of the last one that is not to be shown."""
        if self._making is None or self._making.done():
            self._next, self._made = asyncio.Event(), 0
            self._making = asyncio.get_running_loop().create_task(self._make())
        return self._making, max(self._made - 1, 0)

    async def _make(self) -> None:
        try:
            while self._viewers:
                self._changed.clear()
                self._event = b"event: live\ndata: %s\n\n" % msgspec.json.encode(self.snapshot())
                self._made += 1
                waiting, self._next = self._next, asyncio.Event()
                waiting.set()
                await asyncio.sleep(self._least_s)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), self._every_s - self._least_s)
        finally:
            self._next.set()
