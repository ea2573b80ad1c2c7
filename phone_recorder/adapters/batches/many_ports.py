"""A UDP port for each flow, all of them read at each look: one recvmmsg(2) a socket."""

from __future__ import annotations

import ctypes
import errno
import socket
from collections.abc import Iterator

import numpy as np

from phone_recorder.adapters.batches.batch import WIDTH, Batch
from phone_recorder.adapters.batches.messages import HEADER_SIZE, Messages, recvmmsg
from phone_recorder.adapters.batches.receiver_clock import ArrivalClock
from phone_recorder.adapters.batches.receiver_ports import Ports, Prepare, buffered, most_waiting
from phone_recorder.adapters.udp import LOOPBACK, Address

_NOTHING = frozenset((errno.EAGAIN, errno.EBADF))
_REMOVED = (-1, 0)


class ManyPorts:
    """Works on any Linux, for any user. `width` is the length from which on datagrams are given out empty.

    `messages` is what it reads into, by a width of its own: receivers may share it that are read one after the other.
    """

    name = "recvmmsg"

    def __init__(
        self,
        width: int = WIDTH,
        prepare: Prepare | None = None,
        clock: ArrivalClock | None = None,
        messages: Messages | None = None,
    ) -> None:
        self._ports = Ports(prepare or buffered())
        self._reading: dict[int, tuple[int, int]] = {}
        self._messages = messages or Messages(width=width)
        self._rows = self._messages.rows
        self._headers = self._messages.address
        self._clock = clock or ArrivalClock()
        self._flows: list[int] = []
        self._counts: list[int] = []
        self._filled = 0

    @property
    def dropped(self) -> int:
        return self._ports.dropped

    @property
    def ordered(self) -> bool:
        return len(self._ports) <= 1

    def add(self, flow: int, host: str = LOOPBACK, port: int = 0) -> Address:
        address = self._ports.add(flow, host, port)
        bound = self._ports[flow]
        self._reading[flow] = bound.fileno(), most_waiting(bound)
        return address

    def remove(self, flow: int) -> None:
        self._reading.pop(flow, None)
        self._ports.remove(flow)

    def receive(self) -> Iterator[Batch]:
        self._clock.look()
        for flow, (_, left) in tuple(self._reading.items()):
            while left > 0:
                left = self._read(flow, left)
                if self._filled == self._rows:
                    yield self._batch()
        if self._filled:
            yield self._batch()

    def close(self) -> None:
        self._reading.clear()
        self._ports.close()

    def _read(self, flow: int, left: int) -> int:
        """What waits for that flow, `left` datagrams at most; how many of them may still be read, 0 if none waits."""
        # Asked for each time: who took a batch may have removed the flow, and its descriptor be another's by now.
        descriptor, _ = self._reading.get(flow, _REMOVED)
        filled = self._filled
        asked = self._rows - filled
        if left < asked:
            asked = left
        got = recvmmsg(descriptor, self._headers + filled * HEADER_SIZE, asked, socket.MSG_DONTWAIT, None)
        if got < 0:
            # Other errors are of a moment without memory, or of what was sent to a port that nobody listens on.
            return 0 if ctypes.get_errno() in _NOTHING else left - 1
        self._flows.append(flow)
        self._counts.append(got)
        self._filled = filled + got
        return left - got if got == asked else 0

    def _batch(self) -> Batch:
        flows = np.repeat(np.array(self._flows, np.int32), self._counts)
        stamps, sizes, data, sources = self._messages.columns(self._filled)
        self._flows, self._counts, self._filled = [], [], 0
        return Batch(flows, self._clock.instants(stamps), sizes, data, sources)
