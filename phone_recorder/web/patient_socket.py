"""A WebSocket for one connection (RFC 6455), with patience that has an end, and room that has one too.

No more is read while a message waits to be taken, and nothing is sent while what was sent before waits to be read.
"""

from __future__ import annotations

import asyncio
from codecs import IncrementalDecoder, getincrementaldecoder
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import Frame

MAX_MESSAGE = 64 * 1024
MOST_FRAMES = 64
"""Of one message: empty ones take room too."""
PING_S = 20.0
"""Between two pings, and in which each must be answered."""
SILENT_S = 60.0
"""For which nothing may come: a client answers each ping."""
INVALID_DATA = 1007
TOO_BIG = 1009
"""RFC 6455 section 7.4.1."""
_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class PatientSocket(WebSocketsSansIOProtocol):
    """Closes a connection from which nothing comes, or which does not read; tells by `left` that it is gone."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        left: Callable[[], object],
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, loop)
        self._left = left
        self._silence: asyncio.TimerHandle | None = None
        self._text: IncrementalDecoder | None = None
        self._count = 0

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_silence()
        super().connection_lost(exc)
        self._left()

    def data_received(self, data: bytes) -> None:
        self._end_silence()
        self._silence = self.loop.call_later(SILENT_S, self.transport.abort)
        super().data_received(data)
        if self.conn.handshake_exc and not self.handshake_initiated:
            self.transport.write(b"".join(self.conn.data_to_send()) or _BAD_REQUEST)
            self.transport.close()

    def handle_text(self, event: Frame) -> None:
        self._count, self._text = 0, getincrementaldecoder("utf-8")()
        if self._may_be(event):
            super().handle_text(event)

    def handle_bytes(self, event: Frame) -> None:
        self._count, self._text = 0, None
        super().handle_bytes(event)

    def handle_cont(self, event: Frame) -> None:
        if self._may_be(event):
            super().handle_cont(event)

    def handle_ping(self) -> None:
        if self.writable.is_set():
            super().handle_ping()
        else:  # who reads nothing shall not have answers pile up
            self.conn.data_to_send()

    def handle_parser_exception(self) -> None:
        if self.conn.close_sent:
            super().handle_parser_exception()
        else:  # it was not open yet, so nothing can be said
            self.transport.abort()

    def keepalive_timeout(self) -> None:
        """A ping was not answered: a farewell would not be read."""
        self.transport.abort()

    async def send(self, message: Any) -> None:
        await super().send(message)
        if self.initial_response and self.close_sent:  # a refusal is an end of the handshake too
            self.handshake_complete = True

    def _may_be(self, frame: Frame) -> bool:
        """Whether the message may go on with this frame; if not, the connection is closed."""
        self._count += 1
        try:
            if self._text:
                self._text.decode(frame.data, frame.fin)
        except UnicodeDecodeError:
            self._fail(INVALID_DATA, "the text is no UTF-8")
        else:
            if self._count <= MOST_FRAMES:
                return True
            self._fail(TOO_BIG, "the message comes in too many frames")
        return False

    def _fail(self, code: int, reason: str) -> None:
        if self.conn.close_sent is None:  # more frames may have come with the one that was wrong
            self.conn.fail(code, reason)
            self.handle_parser_exception()

    def _end_silence(self) -> None:
        if self._silence:
            self._silence.cancel()
            self._silence = None
