"""One receiver after another, and a stack of what a test opens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from phone_recorder.adapters.batches.batch import Receiver
from tests.adapters.batches.receivers import KINDS, MANY, made


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(params=KINDS)
def each(request: pytest.FixtureRequest, stack: ExitStack) -> Receiver:
    """Every kind, those of a shared port among them: one flow has to do."""
    receiver = made(KINDS[request.param])
    stack.callback(receiver.close)
    return receiver


@pytest.fixture(params=MANY)
def receiver(request: pytest.FixtureRequest, stack: ExitStack) -> Receiver:
    """Every kind that has a port a flow."""
    receiver = made(MANY[request.param])
    stack.callback(receiver.close)
    return receiver
