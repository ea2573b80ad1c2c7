"""WebSockets over loopback, with a client that is somebody else's: places come back, and nobody takes all of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from ssl import create_default_context

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from phone_recorder.web.patient_socket import MAX_MESSAGE
from phone_recorder.web.serve import WebServer
from tests.web.certificates import a_certificate
from tests.web.site_rig import FakeCredentials
from tests.web.socket_rig import FLOOD, PIECE, SOCKET, Echo

pytestmark = pytest.mark.live
PATIENCE_S = 10.0
STOP_S = 2.0
MOST = 4
"""Connections: three are answered."""
HANDSHAKE = (
    f"GET {SOCKET} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)

Scenario = Callable[[Echo, WebServer], Awaitable[None]]


def with_echo(directory: Path, scenario: Scenario, most: int = 500, login: bool = False) -> None:
    async def run() -> None:
        echo = Echo(directory, FakeCredentials() if login else None)
        async with asyncio.timeout(PATIENCE_S), WebServer(echo.app, "127.0.0.1", 0, most=most) as server:
            await scenario(echo, server)

    asyncio.run(run())


def address(server: WebServer) -> str:
    return f"ws{server.url.removeprefix('http')}{SOCKET}"


@asynccontextmanager
async def opened(server: WebServer) -> AsyncIterator[ClientConnection]:
    async with connect(address(server), proxy=None) as socket:
        yield socket


async def none_open(echo: Echo) -> None:
    while echo.open:
        await asyncio.sleep(0.001)


async def answers(server: WebServer) -> None:
    """Somebody is let in, sooner or later: a place comes back when the connection is gone on both sides."""
    while True:
        try:
            async with opened(server) as socket:
                await socket.send("hello")
                assert await socket.recv() == "hello"
                return
        except (OSError, InvalidStatus, EOFError):
            await asyncio.sleep(0.01)


async def said_to(server: WebServer, request: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
    writer.write(request)
    return reader, writer


def test_what_is_said_is_answered_and_nothing_is_compressed(tmp_path: Path) -> None:
    async def scenario(echo: Echo, server: WebServer) -> None:
        async with opened(server) as socket:
            for text in ("hello", "", "名" * 1000, "x" * MAX_MESSAGE):
                await socket.send(text)
                assert await socket.recv() == text
            assert socket.response
            assert "sec-websocket-extensions" not in socket.response.headers
            assert "server" not in socket.response.headers

    with_echo(tmp_path, scenario)


def test_a_place_comes_back_when_a_client_says_farewell(tmp_path: Path) -> None:
    async def scenario(echo: Echo, server: WebServer) -> None:
        for _ in range(3 * MOST):
            await answers(server)
        await none_open(echo)

    with_echo(tmp_path, scenario, MOST)


def test_a_place_comes_back_when_a_client_just_goes(tmp_path: Path) -> None:
    async def scenario(echo: Echo, server: WebServer) -> None:
        for _ in range(3 * MOST):
            reader, writer = await said_to(server, f"{HANDSHAKE}\r\n".encode())
            await reader.readline()
            writer.transport.abort()
        await answers(server)
        await none_open(echo)

    with_echo(tmp_path, scenario, MOST)


TOO_LARGE = 4
"""400 or 431, as the library's version has it."""


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (HANDSHAKE.replace("Sec-WebSocket-Key", "X-Key"), 400),
        (HANDSHAKE.replace("dGhlIHNhbXBsZSBub25jZQ==", "short"), 400),
        (HANDSHAKE.replace("Version: 13", "Version: 7"), 400),
        (f"{HANDSHAKE}Transfer-Encoding: chunked\r\n", 400),
        (HANDSHAKE + "".join(f"X-{number}: x\r\n" for number in range(200)), TOO_LARGE),
        (f"{HANDSHAKE}X-Long: {'x' * 9000}\r\n", TOO_LARGE),
        (f"{HANDSHAKE}Origin: http://evil.example\r\n", 403),
        (HANDSHAKE.replace(SOCKET, "/api/v1/nowhere"), 403),
    ],
)
def test_what_is_no_handshake_of_ours_is_answered_and_its_place_comes_back(
    tmp_path: Path, request_: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(echo: Echo, server: WebServer) -> None:
        for _ in range(2 * MOST):
            reader, writer = await said_to(server, f"{request_}\r\n".encode())
            answer = await reader.read()
            assert answer.startswith(f"HTTP/1.1 {status}".encode()), answer
            writer.close()
            await writer.wait_closed()
        await answers(server)

    with caplog.at_level(logging.WARNING):
        with_echo(tmp_path, scenario, MOST)
    assert caplog.text == ""


def test_who_is_refused_is_told_why(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(echo: Echo, server: WebServer) -> None:
        with pytest.raises(InvalidStatus) as caught:
            async with opened(server):
                pass
        answer = caught.value.response
        assert answer.status_code == 401
        assert b"`echo token` makes one" in (answer.body or b"")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    with caplog.at_level(logging.WARNING):
        with_echo(tmp_path, scenario, login=True)
    assert caplog.text == ""


def test_no_more_than_may_be_answered_are_open_and_the_others_are_told_to_come_later(tmp_path: Path) -> None:
    async def scenario(echo: Echo, server: WebServer) -> None:
        async with opened(server), opened(server), opened(server):
            with pytest.raises(InvalidStatus) as caught:
                async with opened(server):
                    pass
            assert caught.value.response.status_code == 503
        await answers(server)

    with_echo(tmp_path, scenario, MOST)


@pytest.mark.parametrize(("said", "code"), [("x" * (MAX_MESSAGE + 1), 1009), (b"\xff", 1007)])
def test_what_may_not_be_said_ends_it(
    tmp_path: Path, said: str | bytes, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(echo: Echo, server: WebServer) -> None:
        async with opened(server) as socket:
            with pytest.raises(ConnectionClosed) as caught:
                await socket.send(said, text=True)
                await socket.recv()
            assert caught.value.rcvd
            assert caught.value.rcvd.code == code
        await none_open(echo)

    with caplog.at_level(logging.WARNING):
        with_echo(tmp_path, scenario)
    assert caplog.text == ""


def test_for_who_reads_nothing_no_more_than_a_little_is_kept(tmp_path: Path) -> None:
    async def scenario(echo: Echo, server: WebServer) -> None:
        async with connect(address(server), proxy=None, max_queue=1) as socket:
            await socket.send(FLOOD)
            before = -1
            while before != echo.sent or not before:
                before = echo.sent
                await asyncio.sleep(0.1)
            assert before * len(PIECE) < 40_000_000  # what the kernel's buffers take, at most
            socket.transport.abort()
        await none_open(echo)

    with_echo(tmp_path, scenario)


def test_a_stop_with_open_sockets_tells_them_and_does_not_wait(tmp_path: Path) -> None:
    async def scenario() -> float:
        echo, loop = Echo(tmp_path), asyncio.get_running_loop()
        server = await WebServer(echo.app, "127.0.0.1", 0).__aenter__()
        async with opened(server) as quiet, opened(server) as flooded:
            await flooded.send(FLOOD)
            await flooded.recv()
            began = loop.time()
            await server.__aexit__()
            took = loop.time() - began
            flooded.transport.abort()
            with pytest.raises(ConnectionClosed) as caught:
                await quiet.recv()
            assert caught.value.rcvd
            assert caught.value.rcvd.code == 1012
        await none_open(echo)
        return took

    assert asyncio.run(asyncio.wait_for(scenario(), PATIENCE_S)) < STOP_S


@pytest.mark.peer
def test_over_tls(tmp_path: Path) -> None:
    tls = a_certificate(tmp_path)

    async def scenario() -> None:
        trusting = create_default_context(cafile=str(tls.certificate))
        server = WebServer(Echo(tmp_path).app, "127.0.0.1", 0, tls)
        async with server, connect(address(server), proxy=None, ssl=trusting) as socket:
            await socket.send("hello")
            assert await socket.recv() == "hello"

    asyncio.run(asyncio.wait_for(scenario(), PATIENCE_S))
