"""A record server that means harm: what it does with each piece that a phone sends is a function of the test's."""

from __future__ import annotations

import re
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.harness.listening import listening

Answers = Callable[[socket.socket, bytes], object]
"""A connection, and what has come on it."""
ID = re.compile(rb"id=([^&\r\n]*)")
RESET = (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def success(request: bytes, more: bytes = b"port=9", recording_id: bytes | None = None) -> bytes:
    """A start or a stop is answered success."""
    name = b"RecordStart" if b"StartRequest" in request else b"RecordStop"
    found = ID.search(request)
    said = recording_id if recording_id is not None else found[1] if found else b""
    return b"cmd=%sResponse&id=%s&result=success&%s\n" % (name, said, more)


def say(*pieces: bytes, pause_s: float = 0.0) -> Answers:
    """Always this."""

    def answers(connection: socket.socket, _: bytes) -> None:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause_s)

    return answers


def agree(more: bytes = b"port=9", recording_id: bytes | None = None, times: int = 1) -> Answers:
    """Whatever is asked has success, with these further fields."""
    return lambda connection, request: connection.sendall(success(request, more, recording_id) * times)


def drip(pause_s: float) -> Answers:
    """The right answer, a byte at a time."""

    def answers(connection: socket.socket, request: bytes) -> None:
        for byte in success(request):
            connection.sendall(bytes([byte]))
            time.sleep(pause_s)

    return answers


def never_end(piece: bytes, first: bytes = b"") -> Answers:
    """This, over and over, until the phone has gone."""

    def answers(connection: socket.socket, _: bytes) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(piece)

    return answers


def close(connection: socket.socket, _: bytes) -> None:
    """The connection ends."""
    connection.close()


def reset(connection: socket.socket, _: bytes) -> None:
    """The connection ends with an error."""
    connection.setsockopt(*RESET)
    connection.close()


def agree_and_reset(connection: socket.socket, request: bytes) -> None:
    """As if all were well, and then an error."""
    connection.sendall(success(request))
    reset(connection, request)


def read_no_more(connection: socket.socket, _: bytes) -> None:
    """What follows stays where it is until the phone has gone."""
    while not _gone(connection):
        time.sleep(0.02)


def _gone(connection: socket.socket) -> bool:
    state = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
    return state != bytes([1])  # TCP_ESTABLISHED (tcp(7) of Linux)


@contextmanager
def hostile_server(answers: Answers) -> Iterator[tuple[str, int]]:
    """Where it listens."""

    def serve(connection: socket.socket) -> None:
        while data := connection.recv(65_536):
            answers(connection, data)

    listener = socket.create_server(("127.0.0.1", 0))
    host, port = listener.getsockname()
    with listening(listener, serve):
        yield host, port
