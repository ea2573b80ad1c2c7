"""Work that may take its time, beside the event loop. A drive that hangs holds up neither the loop nor the end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent import futures
from contextlib import suppress
from typing import Any, TypeVar

from phone_recorder.adapters.lane import Lane

T = TypeVar("T")


async def aside(work: Callable[[], T]) -> T:
    """What `work` gives, or raises, on a thread of its own; a daemonic one, which nobody waits for at the end."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()
    threading.Thread(target=_run, args=(loop, done, work), name="aside", daemon=True).start()
    return await done


async def ask(lane: Lane, work: Callable[[], T]) -> T:
    """What `work` gives, or raises, when what came before it in the lane is done."""
    done = lane.put(work)
    try:
        return await share(lane, done)
    finally:
        done.cancel()


async def share(lane: Lane, done: futures.Future[T]) -> T:
    """What has been put there gives, or raises; others may wait for it too."""
    if not done.done():
        lane.demand_life()
    loop = asyncio.get_running_loop()
    here: asyncio.Future[futures.Future[T]] = loop.create_future()
    done.add_done_callback(lambda done: hand_over(loop, here, here.set_result, done))
    await asyncio.wait({here}, timeout=lane.patience_s)
    if not here.done():
        raise lane.refusal()
    return here.result().result()


def _run(loop: asyncio.AbstractEventLoop, done: asyncio.Future[T], work: Callable[[], T]) -> None:
    try:
        result = work()
    except BaseException as error:
        hand_over(loop, done, done.set_exception, error)
    else:
        hand_over(loop, done, done.set_result, result)


def hand_over(
    loop: asyncio.AbstractEventLoop, done: asyncio.Future[Any], how: Callable[[Any], None], what: object
) -> None:
    """Settle what is awaited on the loop, from any thread."""
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(_settle, done, how, what)


def _settle(done: asyncio.Future[Any], how: Callable[[Any], None], what: object) -> None:
    if not done.done():
        how(what)
