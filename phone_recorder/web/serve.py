"""The web application on a port: uvicorn in the loop that the record server runs in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from phone_recorder.errors import UsageError
from phone_recorder.web.door import Door
from phone_recorder.web.patient_protocol import PatientProtocol
from phone_recorder.web.reach import is_loopback
from phone_recorder.web.tls import Tls

__all__ = ["MOST_CONNECTIONS", "Tls", "WebServer"]

MOST_CONNECTIONS = 500
KEEP_ALIVE_S = 5
STOP_S = 1.0
"""What is being downloaded when the server stops gets so much longer."""
ABORT_S = 0.5
"""What was ended then gets so long to notice it; and as long once more."""
_STARTED_S = 0.01


class WebServer:
    """The application, listening. Use as `async with WebServer(...)`; `url` is where.

    UsageError where others could reach a site that asks for no login, the port is taken, or a TLS file is of no use.
    Port 0 is any free one. `most` connections are open at a time, and further ones closed at once; three quarters of
    them are answered, each with a file at most, and the others told to come later: no more than 2 x `most` descriptors
    in all, for a `most` of 32 and more. `tell` is given a line when something goes wrong.
    """

    def __init__(
        self,
        app: Starlette,
        host: str,
        port: int,
        tls: Tls | None = None,
        most: int = MOST_CONNECTIONS,
        tell: Callable[[str], object] = len,
    ) -> None:
        if app.state.site.credentials is None and not is_loopback(host):
            raise UsageError(f"others can reach {host}: without login the web page listens on 127.0.0.1 alone")
        self._app = app
        self._host = host
        self._port = port
        self._tls = tls
        self._most = most
        self._tell = tell

    async def __aenter__(self) -> WebServer:
        context = self._tls.load() if self._tls else None
        config = _config(self._app, answered=max(3 * self._most // 4, 1))
        config.load()
        self._server = _Server(config)
        enter = partial(PatientProtocol, config, self._server.server_state)
        self._door = Door(enter, self._most, context, self._tell)
        self._address = await self._door.bind(self._host, self._port)
        self._serving = asyncio.create_task(self._server.serve())
        while not self._server.started and not self._serving.done():
            await asyncio.sleep(_STARTED_S)
        self.check()
        self._door.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening, end the streams, and let what is being downloaded go on for a second; 2 s in all.

        What still hangs then, in a file system say, is left behind.
        """
        site = self._app.state.site
        site.end_streams()
        await self._door.close()
        self._server.should_exit = True
        ends = ((STOP_S, self._server.abort), (ABORT_S, site.close), (ABORT_S, self._serving.cancel))
        for patience_s, end in ends:
            await asyncio.wait({self._serving}, timeout=patience_s)
            if not self._serving.done():
                end()
        site.close()

    def check(self) -> None:
        """Raise what has ended the server, if anything has."""
        if self._serving.done():
            self._serving.result()

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        host, port = self._address
        return f"{'https' if self._tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"


class _Server(uvicorn.Server):
    """One without sockets: the door has them. Signals are for the record server, which stops this one too."""

    async def startup(self, sockets: object = None) -> None:
        self.servers = []
        self.started = True

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()

    def abort(self) -> None:
        """Close what is still open."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def _config(app: Starlette, answered: int) -> uvicorn.Config:
    sockets = any(isinstance(route, WebSocketRoute) for route in app.routes)
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        **(_with_sockets() if sockets else {"ws": "none"}),
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=answered + 1,  # the first one that is told to come later
        timeout_keep_alive=KEEP_ALIVE_S,
    )


def _with_sockets() -> dict[str, Any]:
    """Settings of an application with WebSockets, which alone needs the package for them.

    Nothing is compressed: that would take memory for each connection, and our messages are short.
    """
    from phone_recorder.web.patient_socket import MAX_MESSAGE, PING_S, PatientSocket

    return {
        "ws": PatientSocket,
        "ws_max_size": MAX_MESSAGE,
        "ws_ping_interval": PING_S,
        "ws_ping_timeout": PING_S,
        "ws_per_message_deflate": False,
    }
