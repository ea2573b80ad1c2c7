"""The UDP sockets of a receiver by the numbers of their flows."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, ItemsView
from contextlib import suppress

from phone_recorder.adapters.files import reason
from phone_recorder.adapters.udp import BUFFER_SIZE, MOST_WAITING, Address, family_of
from phone_recorder.errors import UsageError

SHARED_BUFFER = 64 << 20
"""Bytes asked of the kernel for what waits at one port for all, at least: half a second of 5,000 phones, and more."""
_MOST_BUFFER = 1 << 29

_LEAST_CHARGE = 512
"""The kernel charges the buffer with more than this for any datagram, however short."""
_SO_TIMESTAMPNS = 35
_SO_RCVBUFFORCE = 33
_SO_MEMINFO = 55
_MEMINFO = struct.Struct("@9I")
_DROPS = 8

Prepare = Callable[[socket.socket], None]


class Ports:
    """Bound sockets, a flow each. `prepare` is called with each before it is bound: there it gets its options."""

    def __init__(self, prepare: Prepare) -> None:
        self._prepare = prepare
        self._sockets: dict[int, socket.socket] = {}
        self._dropped = 0

    def __len__(self) -> int:
        return len(self._sockets)

    def __contains__(self, flow: int) -> bool:
        return flow in self._sockets

    def __getitem__(self, flow: int) -> socket.socket:
        return self._sockets[flow]

    def items(self) -> ItemsView[int, socket.socket]:
        return self._sockets.items()

    def add(self, flow: int, host: str, port: int) -> Address:
        """Bind a port for that flow; where it is bound. UsageError if it cannot be had."""
        if flow in self._sockets:
            raise UsageError(f"flow {flow} has a UDP port already: remove it before it gets another")
        try:
            bound = self._sockets[flow] = self._bound(host, port)
        except OSError as error:
            raise UsageError(f"cannot use UDP port {port} of {host}: {reason(error)}") from error
        name = bound.getsockname()
        return name[0], name[1]

    def remove(self, flow: int) -> None:
        """Give that flow's port back, if it has one."""
        if bound := self._sockets.pop(flow, None):
            self._dropped += _drops(bound)
            bound.close()

    def close(self) -> None:
        for flow in tuple(self._sockets):
            self.remove(flow)

    @property
    def dropped(self) -> int:
        """Datagrams that the kernel has dropped at these sockets, and at those that were given back."""
        return self._dropped + sum(map(_drops, self._sockets.values()))

    def _bound(self, host: str, port: int) -> socket.socket:
        bound = socket.socket(family_of(host), socket.SOCK_DGRAM)
        try:
            self._prepare(bound)
            bound.bind((host, port))
        except OSError:
            bound.close()
            raise
        return bound


def buffered(size: int = BUFFER_SIZE) -> Prepare:
    """Sockets with time stamps and so large a buffer, or as large a one as this user may have."""

    def prepare(unbound: socket.socket) -> None:
        for option, value in ((_SO_TIMESTAMPNS, 1), (socket.SO_RCVBUF, size), (_SO_RCVBUFFORCE, size)):
            with suppress(OSError):
                # Without them the instant of reading, and a smaller buffer, have to do.
                unbound.setsockopt(socket.SOL_SOCKET, option, value)

    return prepare


def shared_buffer(waiting: int) -> Prepare:
    """As `buffered`, for one port of all, at which so many packets of calls may wait."""
    return buffered(min(max(SHARED_BUFFER, waiting * _LEAST_CHARGE), _MOST_BUFFER))


def most_waiting(bound: socket.socket) -> int:
    """More datagrams than that socket's buffer holds."""
    return max(MOST_WAITING, bound.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // _LEAST_CHARGE)


def _drops(bound: socket.socket) -> int:
    try:
        told = bound.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
    except OSError:
        return 0
    return int(_MEMINFO.unpack(told)[_DROPS]) if len(told) == _MEMINFO.size else 0
