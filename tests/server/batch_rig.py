"""A receiver in batches that the test fills, and servers that read by it."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import numpy as np

from phone_recorder.adapters.batches.batch import NAME_SIZE, Batch
from phone_recorder.adapters.udp import Address
from phone_recorder.errors import UsageError
from phone_recorder.server.batch_media import BatchMedia
from phone_recorder.server.limits import Limits
from tests.server.rig import PHONE, SERVER, Rig

WIDTH = 600


class Receiver:
    """Ports from 20000 on; those in `taken` others have. A batch has `rows` datagrams at most."""

    name = "a test"
    dropped = 0
    ordered = False

    def __init__(self, rows: int = 1000) -> None:
        self.flows: dict[int, int] = {}
        self.taken: set[int] = set()
        self.closed = False
        self._rows = rows
        self._next = 20000
        self._waiting: list[tuple[int, int, bytes, str]] = []

    def add(self, flow: int, host: str = "", port: int = 0) -> Address:
        number = port or self._next
        self._next += not port
        if number in self.taken or number in self.flows:
            raise UsageError(f"{number} is taken")
        assert flow not in self.flows.values()
        self.flows[number] = flow
        return SERVER, number

    def remove(self, flow: int) -> None:
        [number] = [number for number, one in self.flows.items() if one == flow]
        del self.flows[number]

    def arrive(self, number: int, now: int, data: bytes, source: str = PHONE) -> None:
        if number in self.flows:
            self._waiting.append((self.flows[number], now, data, source))

    def receive(self) -> Iterator[Batch]:
        waiting, self._waiting = self._waiting, []
        for first in range(0, len(waiting), self._rows):
            yield batch(waiting[first : first + self._rows])

    def close(self) -> None:
        self.closed = True


class Untold(BatchMedia):
    """Hands out every datagram by itself."""

    def open(self, host: str):  # type: ignore[no-untyped-def]
        port = super().open(host)
        port.expect = lambda expected, hear, wake: None  # type: ignore[method-assign]
        return port


class BatchRig(Rig):
    """A server that reads all ports of a group by one receiver."""

    def __init__(self, rows: int = 1000, told: bool = True, limits: Limits | None = None) -> None:
        self.receivers: list[Receiver] = []

        def receiver() -> Receiver:
            self.receivers.append(Receiver(rows))
            self.receivers[-1]._next += 1000 * len(self.receivers)
            return self.receivers[-1]

        self.media = (BatchMedia if told else Untold)((0, 0), receiver)
        super().__init__(limits=limits)

    def arrive(self, number: int, now: int, data: bytes, source: str = PHONE) -> None:
        for receiver in self.receivers:
            receiver.arrive(number, now, data, source)

    def advance(self, units: int) -> None:
        self.now += units
        self.media.look(self.now)
        self.core.advance(self.now)

    def _open_port(self, host: str):  # type: ignore[no-untyped-def]
        return self.media.open(host)


def batch(waiting: list[tuple[int, int, bytes, str]]) -> Batch:
    count = len(waiting)
    data = np.full((count, WIDTH), 0xEE, np.uint8)
    for row, (_, _, datagram, _) in zip(data, waiting, strict=True):
        row[: len(datagram)] = np.frombuffer(datagram, np.uint8)
    sources = np.stack([_sockaddr(source) for *_, source in waiting])
    flows, arrivals = (np.array([one[column] for one in waiting]) for column in (0, 1))
    sizes = np.array([len(datagram) for _, _, datagram, _ in waiting], np.int32)
    return Batch(flows.astype(np.int32), arrivals.astype(np.int64), sizes, data, sources)


def _sockaddr(host: str) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    port = (5004).to_bytes(2, "big")
    if ":" in host:
        raw = socket.AF_INET6.to_bytes(2, "little") + port + bytes(4) + socket.inet_pton(socket.AF_INET6, host)
    else:
        raw = socket.AF_INET.to_bytes(2, "little") + port + socket.inet_pton(socket.AF_INET, host)
    return np.frombuffer(raw.ljust(NAME_SIZE, b"\xaa"), np.uint8)
