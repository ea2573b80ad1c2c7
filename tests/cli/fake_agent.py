"""An agent that answers each literal line with literal lines, and writes down what it was asked. It knows no JSON."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

CLOSE = b"close"
"""In place of an answer: the connection ends."""
HANG = b""
"""In place of an answer: none, and the connection stays."""


class FakeAgent:
    """Listens at `path`; `with FakeAgent(path, {asked: answer})`. A line that is not in the table ends the connection.

    `greeting` is sent to whoever connects, who is then shown the door.
    """

    def __init__(self, path: Path, answers: Mapping[bytes, bytes], greeting: bytes = b"") -> None:
        self.asked: list[bytes] = []
        self._answers = answers
        self._greeting = greeting
        self._open: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve, name="fake agent", daemon=True)

    def __enter__(self) -> FakeAgent:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        for one in (self._listener, *self._open):
            one.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            if self._greeting:
                connection.sendall(self._greeting)
                connection.close()
            else:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as lines:
            for line in lines:
                self.asked.append(line)
                answer = self._answers.get(line, CLOSE)
                if answer == HANG:
                    return
                with suppress(BrokenPipeError):  # Whoever asked has heard enough.
                    connection.sendall(answer.removesuffix(CLOSE))
                if answer.endswith(CLOSE):
                    break
        with suppress(OSError):  # Whoever asked has gone already.
            connection.shutdown(socket.SHUT_RDWR)
