"""A record server that takes every recording: it answers literally (WIRE.md, control connection) and keeps nothing."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

HOST = "127.0.0.1"
PATIENCE_S = 20
ANSWERS = {
    b"RecordStartRequest": b"cmd=RecordStartResponse&id=%b&result=success&reason=&server=127.0.0.1&port=%d",
    b"RecordStopRequest": b"cmd=RecordStopResponse&id=%b&result=success",
}
_REQUEST = re.compile(rb"cmd=(RecordStartRequest|RecordStopRequest)&id=([^&]*)&")


class Request(NamedTuple):
    """When it was there, by time.monotonic, and its `cmd`."""

    at: float
    command: str


class StubServer:
    """Use `stub_server`. `port` is the control port; `media` the socket that all RTP comes to.

    Each answer is followed by `end`: the guide has nothing there, so that a phone has to wait whether more comes.
    """

    def __init__(self, end: bytes) -> None:
        self.requests: list[Request] = []
        self._end = end
        self.media = socket.socket(type=socket.SOCK_DGRAM)
        self.media.bind((HOST, 0))
        self.media.settimeout(PATIENCE_S)
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]

    def forget_media(self) -> None:
        """Throw away what has come."""
        self.media.setblocking(False)
        try:
            while True:
                self.media.recv(2048)
        except BlockingIOError:
            self.media.settimeout(PATIENCE_S)

    def first_packet(self) -> float:
        """When the next packet is there, by time.monotonic; TimeoutError if none comes."""
        self.media.recv(2048)
        return time.monotonic()

    def serve(self) -> None:
        """Until it is closed: each connection on its own thread."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def close(self) -> None:
        # Closed alone, it would leave the thread in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.media.close()

    def _answer(self, connection: socket.socket) -> None:
        waiting = b""
        with connection:
            while data := connection.recv(4096):
                waiting += data
                while found := _REQUEST.search(waiting):
                    command, identity = found.groups()
                    self.requests.append(Request(time.monotonic(), command.decode()))
                    waiting = waiting[found.end() :]
                    connection.sendall(self._answer_to(command, identity))

    def _answer_to(self, command: bytes, identity: bytes) -> bytes:
        port = (self.media.getsockname()[1],) if command == b"RecordStartRequest" else ()
        return ANSWERS[command] % (identity, *port) + self._end


@contextmanager
def stub_server(end: bytes = b"") -> Iterator[StubServer]:
    """One that answers until it is left."""
    server = StubServer(end)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()
