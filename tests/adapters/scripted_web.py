"""A web server that knows only bytes: it answers each request with what a test has written down for it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

PATIENCE_S = 10
Script = bytes | Callable[[socket.socket], None]


def answer(body: bytes | str, status: str = "200 OK", *headers: str) -> bytes:
    """A whole answer, as a server writes it."""
    data = body.encode() if isinstance(body, str) else body
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", f"Content-Length: {len(data)}", *headers))
    return f"{head}\r\n".encode() + data


class ScriptedWeb:
    """Use as a context manager. `answers` by request line (`GET /path`); `requests` are the heads that came."""

    def __init__(self, answers: dict[str, Script], tls: ssl.SSLContext | None = None) -> None:
        self.answers = answers
        self.requests: list[str] = []
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)

    @property
    def asked(self) -> list[str]:
        """The request lines, without their version."""
        return [request.partition(" HTTP/1.1\r\n")[0] for request in self.requests]

    def __enter__(self) -> ScriptedWeb:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            connection.settimeout(PATIENCE_S)
            # A client that hangs up early is what some tests are about.
            with connection, suppress(OSError):
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        if self._tls:
            connection = self._tls.wrap_socket(connection, server_side=True)
        with connection:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                piece = connection.recv(4096)
                if not piece:
                    return
                head += piece
                if not head[:1].isalpha():  # as TLS begins
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                    return
            self.requests.append(head.decode())
            script = self.answers.get(self.asked[-1], answer('{"error": "there is no such recording"}', "404 No"))
            if isinstance(script, bytes):
                connection.sendall(script)
            else:
                script(connection)
