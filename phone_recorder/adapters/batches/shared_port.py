"""One UDP port for all streams, told apart by others: read by recvmmsg(2) with as large a buffer as can be had."""

from __future__ import annotations

import socket

from phone_recorder.adapters.batches.batch import WIDTH
from phone_recorder.adapters.batches.many_ports import ManyPorts
from phone_recorder.adapters.batches.receiver_ports import shared_buffer
from phone_recorder.adapters.udp import LOOPBACK, Address
from phone_recorder.errors import UsageError


class SharedPort(ManyPorts):
    """As ManyPorts, but of one flow, which is that of every datagram."""

    name = "recvmmsg on one port"

    def __init__(self, width: int = WIDTH, waiting: int = 0) -> None:
        super().__init__(width, shared_buffer(waiting))

    def add(self, flow: int, host: str = LOOPBACK, port: int = 0) -> Address:
        if len(self._ports):
            raise UsageError("a shared port is one for all streams: remove it before another is added")
        return super().add(flow, host, port)

    @property
    def buffer_size(self) -> int:
        """Bytes of buffer that the kernel granted (it counts its own overhead in), 0 before a port is added."""
        return sum(bound.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) for _, bound in self._ports.items())
