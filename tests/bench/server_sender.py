"""The media of thousands of phones: a few calls of the kernel every 2 ms, so that one core is enough to send it."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from phone_recorder.adapters.batches.send import BatchSender
from tests.bench.bulk_frames import FrameSender
from tests.bench.network import Network
from tests.server_load import FILL, HEADER, MARK, PACKET, PACKETS_PER_S

SLOTS = 10
"""Phones do not speak all at the same instant: a packet time has so many turns."""


class Sender:
    """One packet every 20 ms to each phone's port of the server, numbered and marked as tests.server_load has it.

    `late` is in seconds, of every turn so far: how long after its time it was sent.
    """

    def __init__(self, network: Network, ports: list[int]) -> None:
        self.late: list[float] = []
        self._socket = _socket(network)
        self._routes = np.array([self._socket.route((network.server, port)) for port in ports], np.int32)
        self._packets = np.zeros((len(ports), HEADER.size + PACKET), np.uint8)
        for phone, packet in enumerate(self._packets):
            head = HEADER.pack(0x80, 0, 0, 0, phone) + MARK.pack(phone, 0) + FILL
            packet[:] = np.frombuffer(head, np.uint8)

    @property
    def unsent(self) -> int:
        """Packets that the kernel did not take."""
        return self._socket.unsent

    def talk(self, first: int, packets: int) -> None:
        """Send packets from number `first` on, in real time."""
        began = time.perf_counter()
        for turn in range(packets * SLOTS):
            due = began + turn / (PACKETS_PER_S * SLOTS)
            time.sleep(max(0.0, due - time.perf_counter()))
            number, slot = divmod(turn, SLOTS)
            self._send(first + number, slice(slot, None, SLOTS))
            self.late.append(time.perf_counter() - due)

    def close(self) -> None:
        self._socket.close()

    def _send(self, number: int, phones: slice) -> None:
        packets = self._packets[phones]
        packets[:, 2:4] = _bytes(number & 0xFFFF, 2)
        packets[:, 4:8] = _bytes(number * PACKET & 0xFFFFFFFF, 4)
        packets[:, HEADER.size + 2 : HEADER.size + MARK.size] = _bytes(number, 4)
        self._socket.send(packets, HEADER.size + PACKET, self._routes[phones])


def _socket(network: Network) -> BatchSender:
    if network.link:
        return FrameSender(network.sender, network.link, network.ethernet)
    return BatchSender(network.sender)


def _bytes(number: int, size: int) -> NDArray[np.uint8]:
    return np.frombuffer(number.to_bytes(size, "big"), np.uint8)
