"""Datagrams sent by the thousand: a call of the kernel for up to 1024 messages, and no Python for a packet.

Neighbours of one size that go to one destination are handed over as one message, which the kernel cuts (UDP_SEGMENT,
udp(7)): the receiver sees the same datagrams.
"""

from __future__ import annotations

import errno
import os
import socket
from collections import Counter
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from phone_recorder.adapters.batches.send_messages import ROOM, SOL_UDP, UDP_SEGMENT, Messages, first_packets
from phone_recorder.adapters.batches.send_routes import Routes
from phone_recorder.adapters.files import reason
from phone_recorder.adapters.udp import Address, family_of
from phone_recorder.errors import UsageError

BUFFER_SIZE = 4 << 20
"""Bytes asked of the kernel for what a slow interface has not taken yet: some thousand packets."""

_NO_SEGMENTS = {errno.EINVAL, errno.EIO, errno.EMSGSIZE, errno.EOPNOTSUPP}
"""What a kernel or an interface answers that does not cut messages, or not these."""
_NONE = np.zeros(0, np.int64)


class BatchSender:
    """A UDP port of its own at `host`, which sends to any address of the same family.

    RTP does not wait: a packet has one try, and one that the kernel does not take is lost and counted.
    """

    def __init__(self, host: str = "0.0.0.0", segments: bool = True) -> None:
        """UsageError if there can be no such port. Without `segments` each packet is a message."""
        self._socket = _opened(host)
        self._routes = Routes(family_of(host))
        self._messages = Messages()
        self.segments = segments and _cuts(self._socket)
        """Whether runs go as one message: not where the kernel does not know how, or has refused it."""
        self.sent = 0
        """Packets given to the kernel."""
        self.unsent = 0
        """Packets that it did not take."""
        self.refusals: Counter[str] = Counter()
        """Those by the kernel's reason, in words."""
        self.missed: NDArray[np.int64] = _NONE
        """Which packets of the last call those are, in order."""

    @property
    def address(self) -> Address:
        """Where it sends from."""
        host, port = self._socket.getsockname()[:2]
        return host, port

    def fileno(self) -> int:
        """Its descriptor, -1 once it is closed."""
        return self._socket.fileno()

    @property
    def held(self) -> int:
        """Destinations that are prepared."""
        return len(self._routes)

    def route(self, address: Address) -> int:
        """The number of a destination, the same for the same address; UsageError if nothing can be sent there."""
        return self._routes.take(address)

    def release(self, route: int) -> None:
        """Give a number back, as often as `route` gave it; then it may come to mean another address."""
        self._routes.release(route)

    def send(self, packets: NDArray[np.uint8], sizes: int | NDArray[np.int32], routes: NDArray[np.int32]) -> int:
        """Send the rows of `packets` [n, width], of each so many bytes, in order; how many the kernel took.

        ValueError for a size below 0 or above the width, and for rows whose bytes do not lie side by side; IndexError
        for a route that there never was. What goes to one that was given back is not taken.
        """
        count = len(packets)
        lengths = np.broadcast_to(np.asarray(sizes, np.int64), count)
        targets = np.asarray(routes, np.int64)
        if count:
            _demand_rows(packets, lengths, targets)
        missed: list[int] = []
        at = 0
        while at < count:
            part = slice(at, min(at + ROOM, count))
            at += self._send(packets[part], lengths[part], targets[part], at, missed)
        return self._account(count, missed)

    def close(self) -> None:
        self._socket.close()

    def _send(
        self,
        packets: NDArray[np.uint8],
        sizes: NDArray[np.int64],
        routes: NDArray[np.int64],
        offset: int,
        missed: list[int],
    ) -> int:
        """How many packets are done with: not all of them if the rest has to be tried without segments."""
        firsts = first_packets(sizes, routes) if self.segments else np.arange(len(packets))
        self._messages.fill(packets, sizes, routes, firsts, self._routes)
        done = 0
        while done < len(firsts):
            try:
                done += self._messages.send(self._socket, done, len(firsts))
            except InterruptedError:
                continue
            except OSError as error:
                first, end = int(firsts[done]), int(firsts[done + 1]) if done + 1 < len(firsts) else len(packets)
                if end - first > 1 and error.errno in _NO_SEGMENTS:
                    self.segments = False
                    return first
                missed += range(offset + first, offset + end)
                self.refusals[_words(error)] += end - first
                done += 1
        return len(packets)

    def _account(self, count: int, missed: list[int]) -> int:
        self.missed = np.array(missed, np.int64) if missed else _NONE
        self.unsent += len(missed)
        self.sent += count - len(missed)
        return count - len(missed)


def _demand_rows(packets: NDArray[np.uint8], sizes: NDArray[np.int64], routes: NDArray[np.int64]) -> None:
    """What the kernel reads by address is not looked after by numpy."""
    if packets.ndim != 2 or packets.dtype != np.uint8 or packets.strides[1] != 1 or packets.strides[0] < 0:
        raise ValueError("packets must be rows of bytes that lie side by side")
    if len(routes) != len(packets):
        raise ValueError(f"{len(packets)} packets have {len(routes)} routes")
    if not 0 <= sizes.min() <= sizes.max() <= packets.shape[1]:
        raise ValueError(f"a size is not within the {packets.shape[1]} bytes of a row")
    if routes.min() < 0:
        raise IndexError(f"there is no route {routes.min()}")


def _opened(host: str) -> socket.socket:
    try:
        port = socket.socket(family_of(host), socket.SOCK_DGRAM)
    except OSError as error:
        raise UsageError(f"cannot send from {host}: {reason(error)}") from error
    try:
        port.setblocking(False)
        port.bind((host, 0))
    except OSError as error:
        port.close()
        raise UsageError(f"cannot send from {host}: {reason(error)}") from error
    # Nobody reads what comes here; the buffer for what is sent may be as large as it is allowed to be.
    for option, value in ((socket.SO_SNDBUF, BUFFER_SIZE), (socket.SO_RCVBUF, 0)):
        with suppress(OSError):
            port.setsockopt(socket.SOL_SOCKET, option, value)
    return port


def _cuts(port: socket.socket) -> bool:
    """Whether the kernel knows UDP_SEGMENT: one that does not would send a run as one long datagram."""
    try:
        port.getsockopt(SOL_UDP, UDP_SEGMENT)
    except OSError:
        return False
    return True


def _words(error: OSError) -> str:
    return reason(OSError(error.errno, os.strerror(error.errno or 0)))
