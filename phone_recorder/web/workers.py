"""What may take its time is done on a few threads: the loop, in which recordings run too, never waits for it.

The pool's threads are daemonic: one that hangs in a file system does not hold up the end of the process, as those of
the framework would.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from functools import cached_property, partial
from multiprocessing.pool import ThreadPool
from typing import Any, TypeVar

from starlette.exceptions import HTTPException

T = TypeVar("T")


class Workers:
    """So many threads, which do what they are given in the order in which it came."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._waiting: set[asyncio.Future[Any]] = set()
        self._closed = False

    async def run(self, work: Callable[..., T], *arguments: object) -> T:
        """What `work` gives. Whoever gives up waiting for it takes it back, unless it has begun.

        HTTPException 503 when the workers are closed.
        """
        if self._closed:
            raise _stopping()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._waiting.add(answer)
        answer.add_done_callback(self._waiting.discard)
        given = partial(_hand_over, loop, answer, answer.set_result)
        failed = partial(_hand_over, loop, answer, answer.set_exception)
        self._pool.apply_async(_unless_done, (answer, work, *arguments), callback=given, error_callback=failed)
        return await answer

    async def each(self, pieces: Iterator[T]) -> AsyncIterator[T]:
        """Every one of them, made when the one before has been taken: in between, others have their turn."""
        while (piece := await self.run(next, pieces, None)) is not None:
            yield piece

    def close(self) -> None:
        """End: whoever waits is told so, and what is being done is not waited for. Call from the loop's thread."""
        self._closed = True
        for answer in list(self._waiting):
            _settle(answer, answer.set_exception, _stopping())
        if "_pool" in vars(self):
            self._pool.terminate()

    @cached_property
    def _pool(self) -> ThreadPool:
        return ThreadPool(self._threads)


def _unless_done(answer: asyncio.Future[T], work: Callable[..., T], *arguments: object) -> T | None:
    return None if answer.done() else work(*arguments)


def _hand_over(
    loop: asyncio.AbstractEventLoop, answer: asyncio.Future[Any], how: Callable[[Any], None], what: object
) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(_settle, answer, how, what)


def _settle(answer: asyncio.Future[Any], how: Callable[[Any], None], what: object) -> None:
    if not answer.done():
        how(what)


def _stopping() -> HTTPException:
    return HTTPException(503, "the server is stopping: ask again in a while", {"Retry-After": "10"})
