"""HTTP/1.1 for one connection, with patience that has an end: slow clients must not hold the others up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

HEAD_S = 10.0
"""In which a request's head must have come, from the first byte that could have been one of it."""
STALLED_S = 60.0
"""For which a client may read nothing of what waits for it."""
_TOO_MANY = b"too many connections: come later"


class PatientProtocol(H11Protocol):
    """Closes a connection whose request does not come, or whose answer is not read; tells by `left` that it is gone.

    A WebSocket takes the connection over, and then tells it in its place; as many are told to come later as requests.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        state: ServerState,
        left: Callable[[], object],
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, state, {}, loop)
        self._left = left
        if socket := cast(Any, self.ws_protocol_class):
            self.ws_protocol_class = cast(Any, partial(socket, left=left))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        super().connection_made(transport)
        self._stalled: asyncio.TimerHandle | None = None
        self._head = self.loop.call_later(HEAD_S, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._head.cancel()
        self._end_stall()
        super().connection_lost(exc)
        self._left()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._head.cancel()

    def on_response_complete(self) -> None:
        self._head.cancel()
        self._head = self.loop.call_later(HEAD_S, self.transport.abort)
        super().on_response_complete()
        if not self.cycle.response_complete:  # the next request had come before
            self._head.cancel()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        most = self.limit_concurrency
        if most is not None and max(len(self.connections), len(self.tasks)) >= most:
            self._turn_away()
            return
        self._head.cancel()
        self._end_stall()
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self.loop.call_later(STALLED_S, self.transport.abort)

    def resume_writing(self) -> None:
        self._end_stall()
        super().resume_writing()

    def _turn_away(self) -> None:
        headers = [("Content-Length", str(len(_TOO_MANY))), ("Retry-After", "10"), ("Connection", "close")]
        for part in (h11.Response(status_code=503, headers=headers), h11.Data(data=_TOO_MANY), h11.EndOfMessage()):
            self.transport.write(self.conn.send(part) or b"")
        self.transport.close()

    def _end_stall(self) -> None:
        if self._stalled:
            self._stalled.cancel()
            self._stalled = None
