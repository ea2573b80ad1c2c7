"""A socket that listens while a test lasts, each connection on a thread of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Serve = Callable[[socket.socket], object]


@contextmanager
def listening(listener: socket.socket, serve: Serve) -> Iterator[None]:
    """`serve` has a connection until it returns, or the other side is gone."""
    threading.Thread(target=_listen, args=(listener, serve), daemon=True).start()
    try:
        yield
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _listen(listener: socket.socket, serve: Serve) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_have, args=(connection, serve), daemon=True).start()


def _have(connection: socket.socket, serve: Serve) -> None:
    with connection, suppress(OSError):
        serve(connection)
