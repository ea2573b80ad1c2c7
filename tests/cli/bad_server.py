"""Record servers with a character each, good and bad, on loopback sockets and in a thread of their own."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from tests.adapters.vanish import vanish

HOST = "127.0.0.1"
PATIENCE_S = 10
PACKETS = 5
"""After which a server that is going to fail does so."""
AWAY_S = 0.5
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, 0 s: closing sends a reset."""


class BadServer:
    """Each recording meets the next of `kinds`, names of methods below; the last one stays. RTP goes to `media`."""

    def __init__(self, *kinds: str, media: str = HOST) -> None:
        self.requests: list[bytes] = []
        """As they came."""
        self._kinds = list(kinds)
        self._listening = socket.create_server((HOST, 0))
        self._port = self._listening.getsockname()[1]
        self._media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._media.bind((media, 0))
        self._media.settimeout(PATIENCE_S)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    @property
    def address(self) -> str:
        """For `--server`."""
        return f"{HOST}:{self._port}"

    def __enter__(self) -> BadServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        with suppress(OSError):
            socket.create_connection((HOST, self._port), PATIENCE_S).close()  # it may be waiting for one
        self._thread.join(PATIENCE_S)
        self._listening.close()
        self._media.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            connection, _ = self._listening.accept()
            with connection, suppress(OSError):
                connection.settimeout(PATIENCE_S)
                if self._hear(connection):  # who only looks whether somebody is there says nothing
                    kind = self._kinds.pop(0) if len(self._kinds) > 1 else self._kinds[0]
                    character: Callable[[socket.socket], None] = getattr(self, kind)
                    character(connection)

    def silent(self, connection: socket.socket) -> None:
        """Never answers."""
        self._until_gone(connection)

    def half(self, connection: socket.socket) -> None:
        """Answers in part."""
        connection.sendall(self._response()[:-8])
        self._until_gone(connection)

    def slow(self, connection: socket.socket) -> None:
        """A byte a second."""
        connection.settimeout(1)
        for byte in self._response():
            connection.sendall(bytes([byte]))
            with suppress(TimeoutError):
                self._until_gone(connection)
                return

    def refuses(self, connection: socket.socket) -> None:
        """It has no room."""
        connection.sendall(b"cmd=RecordStartResponse&id=%b&result=failed&reason=no%%20room\n" % self._id())
        self._until_gone(connection)

    def foreign(self, connection: socket.socket) -> None:
        """Wants RTP sent to its media host, and hears it there."""
        host, port = self._media.getsockname()
        self._start(connection, f"&server={host}&port={port}")
        self._finish(connection)

    def good(self, connection: socket.socket) -> None:
        """Does as it should."""
        self._start(connection)
        self._finish(connection)

    def mute(self, connection: socket.socket) -> None:
        """Never answers a stop."""
        self._start(connection)
        self._until_gone(connection)

    def dies(self, connection: socket.socket) -> None:
        """Resets the connection."""
        self._start(connection)
        self._take()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    def vanishes(self, connection: socket.socket) -> None:
        """Is gone without a word."""
        self._start(connection)
        self._take()
        vanish(connection)
        self._over.wait(PATIENCE_S)

    def restarts(self, connection: socket.socket) -> None:
        """Dies, and is not there for a while."""
        self.dies(connection)
        connection.close()
        self._listening.close()
        self._over.wait(AWAY_S)
        self._listening = socket.create_server((HOST, self._port))

    def _start(self, connection: socket.socket, where: str = "") -> None:
        connection.sendall(self._response(where) + b"\n")

    def _response(self, where: str = "") -> bytes:
        where = where or f"&server=&port={self._media.getsockname()[1]}"
        return b"cmd=RecordStartResponse&id=%b&result=success&reason=%b" % (self._id(), where.encode())

    def _finish(self, connection: socket.socket) -> None:
        if self._hear(connection):
            self._take()
            connection.sendall(b"cmd=RecordStopResponse&id=%b&result=success\n" % self._id())
            self._until_gone(connection)

    def _take(self) -> None:
        for _ in range(PACKETS):
            self._media.recv(2048)

    def _hear(self, connection: socket.socket) -> bytes:
        data = connection.recv(4096)
        if data:
            self.requests.append(data)
        return data

    def _id(self) -> bytes:
        return self.requests[-1].partition(b"&id=")[2].partition(b"&")[0]

    def _until_gone(self, connection: socket.socket) -> None:
        while self._hear(connection):
            pass
