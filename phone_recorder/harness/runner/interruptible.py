"""A loop that may be interrupted at any instant: a signal ends what it does, and is heard when it is closed."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from phone_recorder.harness.runner.worker import HEARD

T = TypeVar("T")

LOOK_S = 0.05
"""So long a signal may wait."""


def run_interruptible(doing: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """asyncio.run. A KeyboardInterrupt in the midst of a loop leaves tasks that complain: here it comes in the end."""
    with _signals_wait() as came:
        return asyncio.run(_until(came, doing))


async def _until(came: Sequence[int], doing: Callable[[], Coroutine[Any, Any, T]]) -> T:
    task = asyncio.create_task(doing())
    while not (came or task.done()):
        await asyncio.wait([task], timeout=LOOK_S)
    task.cancel()
    return await task


@contextmanager
def _signals_wait() -> Iterator[Sequence[int]]:
    """Those that have come; the handler of the first hears of it in the end. What is ignored still is."""
    came: list[int] = []
    handlers: dict[int, Any] = {}
    try:
        with suppress(ValueError):  # in another thread than the first no signal is heard anyway
            for number in HEARD:
                if callable(signal.getsignal(number)):
                    handlers[number] = signal.signal(number, lambda number, _: came.append(number))
        yield came
    finally:
        for heard, handler in handlers.items():
            signal.signal(heard, handler)
        for heard in came[:1]:
            handlers[heard](heard, None)
