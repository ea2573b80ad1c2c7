"""A loop that a signal ends: it is closed before anybody hears of the signal."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from functools import partial

import pytest

from phone_recorder.harness.runner.interruptible import run_interruptible


@pytest.fixture(autouse=True)
def ctrl_c() -> Iterator[None]:
    """In the background of a script it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_what_is_done_is_returned_and_signals_are_heard_as_before() -> None:
    async def done(value: int) -> int:
        return value

    assert run_interruptible(partial(done, 7)) == 7
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_signal_ends_it_and_is_heard_when_all_is_over() -> None:
    ended: list[str] = []

    async def wait() -> None:
        signal.raise_signal(signal.SIGINT)
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("it")

    with pytest.raises(KeyboardInterrupt):
        run_interruptible(wait)
    assert ended == ["it"]


def test_an_error_is_raised_as_it_is() -> None:
    async def fail() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        run_interruptible(fail)
