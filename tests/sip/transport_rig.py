"""Transports on loopback, what they hear, and servers that know only bytes."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Literal

import pytest

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.hop import Hop, Transport
from phone_recorder.sip.tap import Address, Tap
from phone_recorder.sip.transport.tls import TlsSettings
from phone_recorder.sip.transport.transports import Transports

LOOPBACK = "127.0.0.1"
PATIENCE_S = 5.0
_SERVERS_HANDSHAKE = "Error on transport creation for incoming connection"
"""What asyncio says in debug mode when a client, rightly, does not want a server's certificate."""


def message(number: int = 1, size: int = 0) -> bytes:
    """A whole request, with a body of so many bytes."""
    head = f"OPTIONS sip:a@b SIP/2.0\r\nCall-ID: {number}\r\nContent-Length: {size}\r\n\r\n"
    return head.encode() + bytes(size)


class Heard:
    """A receiver that keeps what it is told."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.sources: list[Hop] = []
        self.broken_hops: list[Hop] = []
        self.errors: list[str] = []

    def received(self, data: bytes, source: Hop) -> None:
        self.messages.append(data)
        self.sources.append(source)

    def broken(self, hop: Hop, error: SipUnreachable) -> None:
        self.broken_hops.append(hop)
        self.errors.append(str(error))


class Seen:
    """A tap that keeps what it sees."""

    def __init__(self) -> None:
        self.packets: list[tuple[str, Address, Address, bytes]] = []

    def packet(self, transport: Literal["UDP", "TCP", "TLS"], source: Address, target: Address, data: bytes) -> None:
        self.packets.append((transport, source, target, data))


@asynccontextmanager
async def phone(
    transport: Transport = "UDP", host: str = LOOPBACK, tls: TlsSettings | None = None, taps: tuple[Tap, ...] = ()
) -> AsyncIterator[tuple[Transports, Heard]]:
    """Transports that are open on any port."""
    transports, heard = Transports(Hop(transport, host, 0), tls, taps), Heard()
    transports.receiver = heard
    await transports.open()
    try:
        yield transports, heard
    finally:
        await transports.close()


class Server:
    """A server of byte streams: the connections it has, and all that came by any of them."""

    def __init__(self) -> None:
        self.connections: list[asyncio.StreamWriter] = []
        self.received = b""
        self.address: Address = ("", 0)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append(writer)
        while data := await reader.read(65536):
            self.received += data
        writer.close()


@asynccontextmanager
async def server(
    tls: ssl.SSLContext | None = None,
    host: str = LOOPBACK,
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]] | None = None,
) -> AsyncIterator[Server]:
    """A server on any port; with `serve` it does that with each connection."""
    scripted = Server()
    listening = await asyncio.start_server(serve or scripted.serve, host, 0, ssl=tls)
    scripted.address = listening.sockets[0].getsockname()[:2]
    try:
        yield scripted
    finally:
        listening.close()
        for connection in scripted.connections:
            connection.close()


async def soon(condition: Callable[[], object]) -> None:
    """Until it is true; fails if that takes too long."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await asyncio.sleep(0.005)
    except TimeoutError:
        pytest.fail("it did not happen in time")


def run(scenario: Coroutine[Any, Any, None]) -> None:
    """The scenario, in bounded time; whatever a callback raises fails the test."""
    raised: list[dict[str, Any]] = []

    def heard(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # Python 3.11's own callback asks a task of a test's server, which was cancelled, what it has raised.
        cancelled = isinstance(context.get("exception"), asyncio.CancelledError)
        if context["message"] != _SERVERS_HANDSHAKE and not cancelled:
            raised.append(context)

    async def watched() -> None:
        asyncio.get_running_loop().set_exception_handler(heard)
        await asyncio.wait_for(scenario, 4 * PATIENCE_S)

    asyncio.run(watched())
    if raised:
        pytest.fail(f"a callback raised: {raised}")


def to(address: Address, transport: Transport = "TCP", name: str = "") -> Hop:
    return Hop(transport, address[0], address[1], name)
