"""Receivers of every kind for a test, what they have received, and whoever sends to them."""

from __future__ import annotations

import socket
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from phone_recorder.adapters.batches.batch import Batch, Receiver, address_of
from phone_recorder.adapters.batches.best import WAYS
from phone_recorder.adapters.udp import Address
from phone_recorder.errors import UsageError

MANY = {name: way.many for name, way in WAYS.items()}
SHARED = {f"{name}, shared": way.shared for name, way in WAYS.items()}
KINDS = MANY | SHARED
PATIENCE = 10.0


class Datagram(NamedTuple):
    arrival: int
    data: bytes
    source: Address


Received = dict[int, list[Datagram]]


def made(make: Callable[[], Receiver]) -> Receiver:
    """A receiver, or the test is skipped with the reason why there is none."""
    try:
        return make()
    except UsageError as error:
        pytest.skip(str(error))


def datagrams(batch: Batch) -> list[tuple[int, Datagram]]:
    """Flow and datagram of each row."""
    rows = zip(*batch, strict=True)
    return [
        (int(flow), Datagram(int(arrival), data[:size].tobytes(), address_of(source)))
        for flow, arrival, size, data, source in rows
    ]


def look(receiver: Receiver) -> Received:
    """What one look finds."""
    found: Received = defaultdict(list)
    for batch in receiver.receive():
        for flow, datagram in datagrams(batch):
            found[flow].append(datagram)
    return found


def received(receiver: Receiver, count: int) -> Received:
    """What looks find until there are so many datagrams, and one look more."""
    found: Received = defaultdict(list)
    until = time.monotonic() + PATIENCE
    last = False
    while not last and time.monotonic() < until:
        last = sum(map(len, found.values())) >= count
        for flow, new in look(receiver).items():
            found[flow] += new
    return found


def payloads(found: Received) -> dict[int, list[bytes]]:
    return {flow: [datagram.data for datagram in datagrams] for flow, datagrams in found.items()}


def sender(stack: ExitStack, host: str = "127.0.0.1") -> socket.socket:
    """A plain socket, bound to an address of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sending = stack.enter_context(socket.socket(family, socket.SOCK_DGRAM))
    sending.bind((host, 0))
    return sending


def units() -> int:
    return time.monotonic_ns() // 125_000


def open_files() -> list[str]:
    return sorted(path.name for path in Path("/proc/self/fd").iterdir())
