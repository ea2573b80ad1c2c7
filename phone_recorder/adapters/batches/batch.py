"""A batch of datagrams as arrays, and what yields such batches: the one interface of every receiver here."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from phone_recorder.adapters.udp import LOOPBACK, MAX_DATAGRAM, Address

WIDTH = MAX_DATAGRAM
"""Bytes of a datagram that are kept. A longer one is no RTP of ours, and given out as empty."""
NAME_SIZE = 28
"""Bytes of a sockaddr_in6, which a sockaddr_in fits into."""
HOST_KEY = np.dtype("S16")
ADDRESS_KEY = np.dtype("S18")

_MAPPED = b"\xff\xff"


class Batch(NamedTuple):
    """Datagrams that were found together, n of them. Good until its receiver is asked for more.

    Those of one flow are in the order in which the kernel received them. Across flows there is no order.
    """

    flows: NDArray[np.int32]
    """[n] the number under which the port was added."""
    arrivals: NDArray[np.int64]
    """[n] the instant at which the kernel received each, in units; never later than the reading."""
    sizes: NDArray[np.int32]
    """[n] bytes; 0 too for a datagram that was longer than WIDTH."""
    data: NDArray[np.uint8]
    """[n, WIDTH] the datagrams; what is beyond `sizes` is left over from others."""
    sources: NDArray[np.uint8]
    """[n, 28] the senders' raw sockaddr_in or sockaddr_in6; what is beyond a sockaddr_in is left over from others."""


class Receiver(Protocol):
    """UDP ports, thousands of them, read together. Nothing of it is safe for several threads at once."""

    @property
    def name(self) -> str:
        """What it is called when it is told which was chosen."""

    @property
    def dropped(self) -> int:
        """Datagrams for which the kernel had no room, of all ports that this receiver ever had."""

    @property
    def ordered(self) -> bool:
        """Whether what came first is given out first, across flows and batches, as long as no port is added."""

    def add(self, flow: int, host: str = LOOPBACK, port: int = 0) -> Address:
        """Bind a port, any free one for port 0; where it is bound. UsageError if it cannot be had."""

    def remove(self, flow: int) -> None:
        """Give the port back; what waits at it is lost. A flow without a port is no error."""

    def receive(self) -> Iterator[Batch]:
        """All that waits now, in batches of some thousand at most; bounded, however fast others send."""

    def close(self) -> None:
        """Give everything back."""


def host_keys(sources: NDArray[np.uint8]) -> NDArray[np.bytes_]:
    """The host of each raw address, [n] of HOST_KEY: to be compared with each other and with `host_key`.

    A host of IPv4 is the same host as mapped into IPv6 (RFC 4291 section 2.5.5.2). Scopes are not told apart.
    """
    return _key_rows(sources)[:, :16].copy().view(HOST_KEY)[:, 0]


def address_keys(sources: NDArray[np.uint8]) -> NDArray[np.bytes_]:
    """Host and port of each raw address, [n] of ADDRESS_KEY: to be compared with each other and with `address_key`."""
    return _key_rows(sources).view(ADDRESS_KEY)[:, 0]


def host_key(host: str) -> np.bytes_:
    """The key of an IP address that is given as text."""
    if ":" in host:
        return np.bytes_(socket.inet_pton(socket.AF_INET6, host.partition("%")[0]))
    return np.bytes_(bytes(10) + _MAPPED + socket.inet_pton(socket.AF_INET, host))


def address_key(address: Address) -> np.bytes_:
    """The key of a host and a port."""
    host, port = address
    return np.bytes_(bytes(host_key(host)).ljust(16, b"\0") + port.to_bytes(2, "big"))


def address_of(source: NDArray[np.uint8]) -> Address:
    """Host and port of one raw address, as UdpPort tells them (a scope is left out)."""
    raw = source.tobytes()
    six = int.from_bytes(raw[:2], "little" if np.little_endian else "big") == socket.AF_INET6
    host = socket.inet_ntop(socket.AF_INET6, raw[8:24]) if six else socket.inet_ntop(socket.AF_INET, raw[4:8])
    return host, int.from_bytes(raw[2:4], "big")


def _key_rows(sources: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """[n, 18]: 16 bytes of host as of IPv6, 2 of port, both in network order."""
    keys = np.zeros((len(sources), ADDRESS_KEY.itemsize), np.uint8)
    keys[:, 10:12] = 0xFF
    keys[:, 12:16] = sources[:, 4:8]
    keys[:, 16:] = sources[:, 2:4]
    six = sources[:, :2].view(np.uint16)[:, 0] == socket.AF_INET6
    if six.any():
        keys[six, :16] = sources[six, 8:24]
    return keys
