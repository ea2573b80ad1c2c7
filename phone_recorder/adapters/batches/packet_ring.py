"""A UDP port for each flow, read by nobody: an AF_PACKET ring has copies of what comes to them, without a system call.

It sees packets before firewall, port mapping and reverse path filter do: not for a network that is not trusted.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from phone_recorder.adapters.batches.batch import NAME_SIZE, WIDTH, Batch
from phone_recorder.adapters.batches.gathered import Gathered
from phone_recorder.adapters.batches.messages import ROWS
from phone_recorder.adapters.batches.packet_filter import TAKE_NOTHING, attach, udp_to_ports
from phone_recorder.adapters.batches.packet_frames import Found, Parser, right
from phone_recorder.adapters.batches.packet_socket import PacketSocket
from phone_recorder.adapters.batches.packet_targets import Targets
from phone_recorder.adapters.batches.receiver_clock import ArrivalClock
from phone_recorder.adapters.batches.receiver_ports import Ports
from phone_recorder.adapters.files import reason
from phone_recorder.adapters.udp import LOOPBACK, Address
from phone_recorder.errors import UsageError

WAITING = 1 << 17
"""Packets that the ring has room for, 84 MB: half a second of 5,000 streams."""

_LOOPBACK, _EVERY = "lo", ""
_LINUX = (6, 2)
"""Since then the kernel tells of UDP segments that travel together what their size is."""
_SOURCE = np.dtype(
    {"names": ["family", "port", "host"], "offsets": [0, 2, 4], "formats": ["=u2", ">u2", ">u4"], "itemsize": NAME_SIZE}
)


class PacketRing:
    """Needs Linux 6.2 and CAP_NET_RAW; UsageError says what is missing. IPv4, and no fragments.

    `dropped` counts packets, of which one may be several datagrams.
    """

    name = "AF_PACKET ring"
    ordered = True

    def __init__(self, width: int = WIDTH, waiting: int = WAITING, clock: ArrivalClock | None = None) -> None:
        self._ring = _ring(waiting)
        self._ports = Ports(_mute)
        self._targets = Targets()
        self._clock = clock or ArrivalClock()
        self._parser = Parser(self._ring.memory)
        self._gathered = Gathered(self._ring.memory, width=width)
        self._width = width
        self._lowest, self._highest = 65535, 0
        self._interface = _LOOPBACK
        self._closed = False
        self._held = 0

    @property
    def dropped(self) -> int:
        return self._ring.dropped

    def add(self, flow: int, host: str = LOOPBACK, port: int = 0) -> Address:
        if ":" in host:
            raise UsageError(f"an {self.name} receives IPv4 only: {host} needs another way to receive")
        address = self._ports.add(flow, host, port)
        try:
            self._listen(address)
        except OSError as error:
            self._ports.remove(flow)
            raise UsageError(f"cannot receive what comes to {host} by an {self.name}: {reason(error)}") from error
        self._targets.add(flow, address, self._ring.written())
        return address

    def remove(self, flow: int) -> None:
        self._targets.remove(flow)
        self._ports.remove(flow)

    def receive(self) -> Iterator[Batch]:
        self._clock.look()
        # What a look that was broken off has left.
        self._let_go()
        # No more than that, or who reads as fast as others send would never come to an end.
        left = self._ring.written() - self._ring.read
        while left > 0 and (count := self._ring.ready(min(ROWS, left))):
            left -= count
            self._held = count
            yield from self._batches(count)
            self._let_go()

    def close(self) -> None:
        self._ports.close()
        if not self._closed:
            self._closed = True
            # They hold the ring's memory.
            del self._parser, self._gathered
            self._ring.close()

    def _let_go(self) -> None:
        self._ring.release(self._held)
        self._held = 0

    def _listen(self, address: Address) -> None:
        host, port = address
        if not host.startswith("127.") and self._interface == _LOOPBACK:
            self._interface = _EVERY
        elif self._lowest <= port <= self._highest:
            return
        self._lowest, self._highest = min(self._lowest, port), max(self._highest, port)
        self._ring.listen(self._interface, udp_to_ports(self._lowest, self._highest))

    def _batches(self, count: int) -> Iterator[Batch]:
        """What is in the next frames, and for a flow of ours."""
        taken = self._ring.take(count)
        found = self._parser.datagrams(taken.headers, taken.links)
        stamps = taken.headers["s"].astype(np.int64) * 1_000_000_000 + taken.headers["ns"]
        for first in range(0, len(found.sizes), ROWS):
            part = _rows(found, slice(first, first + ROWS))
            # Asked for each part: whoever took the one before it may have removed a flow.
            flows = self._targets.flows(part.targets, taken.numbers[part.frames])
            ours = flows != Targets.NOBODY
            if not ours.all():
                flows, part = flows[ours], _rows(part, ours)
            if len(flows):
                yield self._batch(flows, part, stamps[part.frames])

    def _batch(self, flows: NDArray[np.int32], found: Found, stamps: NDArray[np.int64]) -> Batch:
        sizes = np.where(found.sizes <= self._width, found.sizes, 0).astype(np.int32)
        data = self._gathered.rows(found.offsets, sizes)
        batch = Batch(flows, self._clock.instants(stamps), sizes, data, _sources(found))
        return self._proven(batch, found) if found.checksums.any() else batch

    def _proven(self, batch: Batch, found: Found) -> Batch:
        """Without the datagrams that were damaged on their way, which nobody has looked for yet."""
        good = right(found, batch.data) | (found.checksums == 0) | (found.sizes > self._width)
        return Batch(*(column[good] for column in batch))


def _ring(waiting: int) -> PacketSocket:
    release = tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2])
    if release < _LINUX:
        raise UsageError("an AF_PACKET ring needs Linux 6.2 or newer")
    try:
        return PacketSocket(waiting)
    except OSError as error:
        raise UsageError(f"an AF_PACKET ring cannot be had (it needs CAP_NET_RAW): {reason(error)}") from error


def _mute(unbound: socket.socket) -> None:
    """A socket that only holds its port, so that senders are not told that nobody listens."""
    attach(unbound, TAKE_NOTHING)


def _rows(found: Found, which: NDArray[np.bool_] | slice) -> Found:
    return Found(*(column[which] for column in found))


def _sources(found: Found) -> NDArray[np.uint8]:
    """[n, 28] raw sockaddr_in of where each came from."""
    raw = np.zeros(len(found.hosts), _SOURCE)
    raw["family"], raw["port"], raw["host"] = socket.AF_INET, found.ports, found.hosts
    return raw.view(np.uint8).reshape(len(raw), NAME_SIZE)
