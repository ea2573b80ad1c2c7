"""SIP over TCP and TLS: connections kept, found again, and made when there is none (RFC 3261 section 18, RFC 5923)."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter
from typing import Any

from phone_recorder.adapters.udp import family_of
from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.tap import Address
from phone_recorder.sip.transport.own_address import is_address, is_unspecified
from phone_recorder.sip.transport.passage import Passage
from phone_recorder.sip.transport.stream_connection import StreamConnection
from phone_recorder.sip.transport.tls import TlsSettings
from phone_recorder.sip.transport.unreachable import not_made
from phone_recorder.wire.printable import printable

CONNECT_S = 10.0
"""For a connection to stand, TLS included."""
CLOSE_S = 1.0
"""For what was sent last to leave, when all is closed."""
MOST_ACCEPTED = 100
"""Connections of others at once: a phone has a server or two."""
MOST_OF_HOST = 20
"""Of them those of one host."""


class StreamTransport:
    """All connections of a phone. `host`: our address, which those that we make are bound to."""

    def __init__(self, host: str, tls: TlsSettings, passage: Passage) -> None:
        self._host = host
        self._tls = tls
        self._passage = passage
        self._connections: list[StreamConnection] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def listen(self, listening: socket.socket) -> None:
        """Take connections from others, by a socket that is bound."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: StreamConnection(self), sock=listening)

    def local(self, hop: Hop) -> Address | None:
        """Our end of the connection that is used for that hop; None as long as there is none."""
        connection = self._find(hop)
        return connection.local if connection else None

    def send(self, data: bytes, hop: Hop) -> None:
        """By the connection that is there, or that is made now; what goes wrong is told as broken."""
        (self._find(hop) or self._begin(hop)).send(data)

    async def reach(self, hop: Hop) -> None:
        """Until a connection stands; SipUnreachable if none can."""
        connection = self._find(hop) or self._begin(hop)
        await connection.settled.wait()
        if connection.error:
            raise SipUnreachable(str(connection.error))

    def ping(self, hop: Hop) -> None:
        """Keep a connection alive, if there is one."""
        connection = self._find(hop)
        if connection and connection.local:
            connection.ping()

    async def close(self) -> None:
        """Let what was sent leave, within CLOSE_S, and end all."""
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        connections = self._connections[:]
        for connection in connections:
            connection.close()
        try:
            async with asyncio.timeout(CLOSE_S):
                for connection in connections:
                    await connection.over.wait()
        except TimeoutError:
            for connection in connections:
                connection.abort()

    def joined(self, connection: StreamConnection) -> None:
        if not connection.accepted:
            return
        others = [other for other in self._connections if other.accepted]
        of_host = [other for other in others if other.hop.host == connection.hop.host]
        if len(of_host) >= MOST_OF_HOST:
            _make_room(of_host)
        elif len(others) >= MOST_ACCEPTED:
            _make_room(others)
        self._connections.append(connection)

    def came(self, data: bytes, connection: StreamConnection) -> None:
        self._passage.came(data, connection.hop, connection.local or (self._host, 0))

    def went(self, data: bytes, connection: StreamConnection) -> None:
        self._passage.went(data, connection.hop, connection.local or (self._host, 0))

    def gone(self, connection: StreamConnection, error: SipUnreachable) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
        if connection.used:
            self._passage.broke(connection.hop, error)

    def _find(self, hop: Hop) -> StreamConnection | None:
        """Whoever asks for a certificate's name gets no connection to another; an answer asks for none."""
        for connection in self._connections:
            if connection.hop == hop and (hop.transport != "TLS" or hop.name in ("", connection.hop.name)):
                return connection
        return None

    def _begin(self, hop: Hop) -> StreamConnection:
        connection = StreamConnection(self, hop)
        self._connections.append(connection)
        task = asyncio.get_running_loop().create_task(self._connect(connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return connection

    async def _connect(self, connection: StreamConnection) -> None:
        try:
            async with asyncio.timeout(CONNECT_S):
                await _make(connection, self._host, self._tls)
        except SipUnreachable as error:
            connection.fail(error)
        except OSError as error:  # of TLS, and of time, too
            connection.fail(not_made(connection.hop, error))
        except ValueError as error:
            name = printable(connection.hop.name)
            connection.fail(SipUnreachable(f"{name!r} is no name that a certificate can bear: {error}"))


def _make_room(connections: list[StreamConnection]) -> None:
    """End one: of the host that has most of them, the one that nothing has gone by for longest."""
    of_host = Counter(connection.hop.host for connection in connections)
    least = min(connections, key=lambda one: (-of_host[one.hop.host], one.active))
    least.fail(SipUnreachable(f"the connection to {least.hop} was cut: there are too many of them"))


async def _make(connection: StreamConnection, host: str, tls: TlsSettings) -> None:
    hop, bound = connection.hop, not is_unspecified(host)
    if not is_address(hop.host) or (bound and family_of(hop.host) != family_of(host)):
        raise SipUnreachable(f"{hop} cannot be reached from {host}: use an address of the same kind")
    await asyncio.get_running_loop().create_connection(
        lambda: connection,
        hop.host,
        hop.port,
        local_addr=(host, 0) if bound else None,
        **(_secured(hop, tls) if hop.transport == "TLS" else {}),
    )


def _secured(hop: Hop, tls: TlsSettings) -> dict[str, Any]:
    name = (hop.name or hop.host).partition("%")[0]
    # A name that cannot be is refused here, before there is a socket: asyncio would leave that open.
    tls.context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname=name)
    times = {"ssl_handshake_timeout": CONNECT_S, "ssl_shutdown_timeout": CLOSE_S}
    return {"ssl": tls.context, "server_hostname": name, **times}
