"""A reactor that no mistake keeps running for ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from phone_recorder.adapters.reactor import Reactor

PATIENCE_S = 20.0


def too_long() -> None:
    raise TimeoutError(f"what this test waits for has not come within {PATIENCE_S:g} s")


@contextmanager
def running() -> Iterator[Reactor]:
    """To be run by the test, which ends with an error after PATIENCE_S."""
    reactor = Reactor()
    reactor.later(PATIENCE_S, too_long)
    try:
        yield reactor
    finally:
        reactor.close()
