"""A listening TCP socket that is looked at on a tick, and may be deaf for a while: for a server that a test scripts."""

from __future__ import annotations

import errno
import os
import socket
import struct

from phone_recorder.adapters.files import reason
from phone_recorder.adapters.udp import family_of
from phone_recorder.errors import UsageError

_READ_SIZE = 4096
_LINGER_NOT = struct.pack("ii", 1, 0)
"""Closing drops what is unsent, and tells the peer so (socket(7), SO_LINGER)."""


class TcpListener:
    """Listens on `host`, at a free port if none is given. UsageError if it cannot."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.address = (host, port)
        self._listening: socket.socket | None = None
        self.listen()

    def listen(self) -> None:
        """Take connections, at the same address as before."""
        if self._listening:
            return
        host, port = self.address
        try:
            self._listening = socket.create_server((host, port), family=family_of(host), backlog=128)
        except OSError as error:
            # `create_server` has added words of its own.
            why = reason(OSError(error.errno, os.strerror(error.errno or errno.EADDRNOTAVAIL)))
            raise UsageError(f"cannot listen on {host}:{port}: {why}: use another port") from error
        self._listening.setblocking(False)
        self.address = host, self._listening.getsockname()[1]

    def accept(self) -> TcpLine | None:
        """The next connection, if there is one."""
        if self._listening is None:
            return None
        try:
            return TcpLine(self._listening.accept()[0])
        except OSError:
            # None has come; or it has gone again, and is nobody's loss.
            return None

    def close(self) -> None:
        """Take none any more: whoever connects now is refused."""
        if self._listening:
            self._listening.close()
            self._listening = None


class TcpLine:
    """One accepted connection."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = connection

    def receive(self) -> bytes | None:
        """What has come; None if the peer has ended it."""
        try:
            return self._connection.recv(_READ_SIZE) or None
        except BlockingIOError:
            return b""
        except OSError:
            return None

    def send(self, data: bytes) -> None:
        """Send it; a peer that is gone, or reads nothing, does not get it."""
        try:
            self._connection.sendall(data)
        except OSError:
            # `receive` tells that it is gone.
            return

    def close(self, reset: bool = False) -> None:
        """End it, by a reset if that is wanted."""
        if reset:
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self._connection.close()
