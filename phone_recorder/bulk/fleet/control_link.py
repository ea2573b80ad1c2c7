"""A phone's control connection on an asyncio loop: a socket and two callbacks, no task and no stream."""

from __future__ import annotations

import errno
import os
import socket
import struct
from asyncio import AbstractEventLoop, Handle
from collections.abc import Callable
from contextlib import suppress

from phone_recorder.adapters.files import reason
from phone_recorder.adapters.udp import Address, family_of
from phone_recorder.bulk.fleet.bottleneck import NO_FILES, NO_PORTS
from phone_recorder.bulk.fleet.site import Link, LinkOwner, OpenLink

CLOSED = "the server has closed it"
_READ_SIZE = 4096
_BIND_ADDRESS_NO_PORT = 24
"""The port is chosen as the connection is made, so that connections to different servers can share it (ip(7))."""
_LINGER_NOT = struct.pack("ii", 1, 0)
_OURS = {
    errno.EMFILE: NO_FILES,
    errno.ENFILE: NO_FILES,
    errno.EADDRNOTAVAIL: NO_PORTS,
    errno.EADDRINUSE: NO_PORTS,
}


def links_on(loop: AbstractEventLoop) -> OpenLink:
    """Opens links whose owners are told of them by that loop."""

    def open_link(address: Address, source: str, owner: LinkOwner) -> Link:
        return ControlLink(loop, address, source, owner)

    return open_link


class ControlLink:
    """Begins to connect at once. What goes wrong is told to the owner, at the loop's next turn at the earliest."""

    __slots__ = ("_loop", "_owner", "_socket", "_soon", "_unsent")

    def __init__(self, loop: AbstractEventLoop, address: Address, source: str, owner: LinkOwner) -> None:
        self._loop = loop
        self._owner = owner
        self._unsent = b""
        self._socket: socket.socket | None = None
        self._soon: Handle | None = None
        try:
            self._socket = opened = socket.socket(family_of(address[0]), socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
            call_from(opened, source)
            error = opened.connect_ex(address)
            if error not in (0, errno.EINPROGRESS):
                raise OSError(error, os.strerror(error))
            loop.add_writer(opened.fileno(), self._guarded, self._connected)
        except OSError as caught:
            self._soon = loop.call_soon(self._lost, words(caught))

    def send(self, data: bytes) -> None:
        if self._socket is None or self._soon:
            return
        self._unsent += data
        try:
            if not self._flush(self._socket):
                self._loop.add_writer(self._socket.fileno(), self._guarded, self._go_on)
        except OSError as error:
            # The kernel tells an error once: whoever reads after it finds a connection that was merely closed.
            self._loop.remove_reader(self._socket.fileno())
            self._soon = self._loop.call_soon(self._lost, words(error))

    def close(self, reset: bool = False) -> None:
        if self._soon:
            self._soon.cancel()
        if self._socket:
            self._loop.remove_writer(self._socket.fileno())
            self._loop.remove_reader(self._socket.fileno())
            with suppress(OSError):
                if reset:
                    self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            self._socket.close()
            self._socket = None

    def _guarded(self, act: Callable[[socket.socket], None]) -> None:
        """What the loop calls. The owner may close it meanwhile."""
        if self._socket is None:
            return
        try:
            act(self._socket)
        except BlockingIOError:
            return
        except OSError as error:
            self._lost(words(error))

    def _connected(self, opened: socket.socket) -> None:
        error = opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, os.strerror(error))
        peer = opened.getpeername()[0]
        self._loop.remove_writer(opened.fileno())
        self._loop.add_reader(opened.fileno(), self._guarded, self._read)
        self._owner.opened(peer)

    def _read(self, opened: socket.socket) -> None:
        data = opened.recv(_READ_SIZE)
        if data:
            self._owner.received(data)
        else:
            self._lost(CLOSED)

    def _go_on(self, opened: socket.socket) -> None:
        if self._flush(opened):
            self._loop.remove_writer(opened.fileno())

    def _flush(self, opened: socket.socket) -> bool:
        """Whether all is sent."""
        try:
            self._unsent = self._unsent[opened.send(self._unsent) :]
        except BlockingIOError:
            return False
        return not self._unsent

    def _lost(self, why: str) -> None:
        self.close()
        self._owner.lost(why)


def call_from(made: socket.socket, source: str) -> None:
    """Make a socket ready to connect, from this address, "" for any; OSError."""
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if source:
        with suppress(OSError):
            made.setsockopt(socket.IPPROTO_IP, _BIND_ADDRESS_NO_PORT, 1)
        made.bind((source, 0))


def words(error: OSError) -> str:
    """Why there is no connection; what this machine lacks is told apart (bottleneck.py)."""
    return _OURS.get(error.errno or 0) or reason(error)
