"""A record server that knows only bytes, and says what a test makes it say."""

from __future__ import annotations

import socket

PATIENCE_S = 5
ACCEPTED = b"cmd=RecordStartResponse&id=00ff&result=success&reason=&server=127.0.0.1&port=%d\n"


class Server:
    """A listening socket, and a UDP port for the RTP."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.listening.settimeout(PATIENCE_S)
        self.media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.media.bind(("127.0.0.1", 0))
        self.media.settimeout(PATIENCE_S)

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.listening.getsockname()
        return host, port

    @property
    def accepted(self) -> bytes:
        port: int = self.media.getsockname()[1]
        return ACCEPTED % port

    def accept(self) -> socket.socket:
        connection, _ = self.listening.accept()
        connection.settimeout(PATIENCE_S)
        return connection

    def close(self) -> None:
        self.listening.close()
        self.media.close()
