"""Where packets go: socket addresses in the kernel's form, made once and numbered."""

from __future__ import annotations

import socket
import struct

import numpy as np
from numpy.typing import NDArray

from phone_recorder.adapters.batches.send_numbers import Numbers
from phone_recorder.adapters.udp import Address
from phone_recorder.errors import UsageError

SOCKADDR_SIZE = 28
"""Bytes of a `sockaddr_in6`, the longest of them (ipv6(7))."""

_FAMILY = struct.Struct("=H")
_PORT = struct.Struct("!H")
_FLOW, _SCOPE = struct.Struct("!I"), struct.Struct("=I")


class Routes:
    """Addresses of one family, a row each; the row of an address that is not held any more has the size 0."""

    def __init__(self, family: socket.AddressFamily) -> None:
        self._family = family
        self._numbers: Numbers[Address] = Numbers()
        self.sockaddrs: NDArray[np.uint8] = np.zeros((64, SOCKADDR_SIZE), np.uint8)
        self.sizes: NDArray[np.uint32] = np.zeros(64, np.uint32)

    def __len__(self) -> int:
        """How many addresses are held."""
        return len(self._numbers)

    def take(self, address: Address) -> int:
        """The number of an address; UsageError if it is no IP address of this family, or has no port."""
        sockaddr = _sockaddr(address, self._family)
        number = self._numbers.take(address)
        if number >= len(self.sizes):
            self.sockaddrs = np.concatenate((self.sockaddrs, np.zeros_like(self.sockaddrs)))
            self.sizes = np.concatenate((self.sizes, np.zeros_like(self.sizes)))
        self.sockaddrs[number, : len(sockaddr)] = np.frombuffer(sockaddr, np.uint8)
        self.sizes[number] = len(sockaddr)
        return number

    def release(self, number: int) -> None:
        """One holder of that number less; KeyError if it has none."""
        if self._numbers.give_back(number):
            self.sizes[number] = 0


def _sockaddr(address: Address, family: socket.AddressFamily) -> bytes:
    """ip(7), ipv6(7): family and scope in the machine's order, all else in the network's."""
    host, port = address
    kind = "IPv6" if family == socket.AF_INET6 else "IPv4"
    if not 0 < port <= 0xFFFF:
        raise UsageError(f"cannot send to port {port} of {host}: ports are 1 to 65535")
    try:
        found = socket.getaddrinfo(host, port, family, socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)[0][4]
    except (OSError, UnicodeError) as error:
        raise UsageError(f"cannot send to {host}: it is not an {kind} address") from error
    # `fe80::1%eth0` names its interface by a number that stands beside the address.
    plain = socket.inet_pton(family, str(found[0]).partition("%")[0])
    head = _FAMILY.pack(family) + _PORT.pack(port)
    if len(found) == 4:
        return head + _FLOW.pack(found[2]) + plain + _SCOPE.pack(found[3])
    return head + plain + bytes(8)
