"""WebSockets that send nothing, read nothing or say what is none are closed: an injected loop tells the time."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from phone_recorder.web.patient_protocol import PatientProtocol
from phone_recorder.web.patient_socket import MAX_MESSAGE, MOST_FRAMES, PING_S, SILENT_S, PatientSocket
from tests.web.fake_loop import Loop, Transport

ACCEPT: dict[str, Any] = {"type": "websocket.accept", "subprotocol": None, "headers": []}
STEP_S = 1.0


async def app(scope: object, receive: object, send: object) -> None:
    """Never run."""


def a_config() -> uvicorn.Config:
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        ws=PatientSocket,
        ws_max_size=MAX_MESSAGE,
        ws_per_message_deflate=False,
        log_config=None,
        lifespan="off",
    )
    config.load()
    return config


class Connection:
    """A WebSocket that is open, and the client that it is open to."""

    def __init__(self) -> None:
        self.loop, self.transport, self.left = Loop(), Transport(), list[str]()
        self.state = ServerState()
        gone = partial(self.left.append, "left")
        self.socket = PatientSocket(a_config(), self.state, {}, gone, self.loop)  # type: ignore[arg-type]
        self.socket.connection_made(self.transport)
        self.client = ClientProtocol(parse_uri("ws://localhost/"), max_size=None)
        self.client.send_request(self.client.connect())
        self.say()
        asyncio.run(self.socket.send(ACCEPT))
        self.hear()

    def say(self) -> None:
        """What the client has to say comes."""
        self.socket.data_received(b"".join(self.client.data_to_send()))

    def hear(self) -> list[Any]:
        """The client takes what was written, and has its answer ready."""
        self.client.receive_data(self.transport.written)
        self.transport.written = b""
        return self.client.events_received()

    def frame(self, opcode: Opcode, data: bytes, fin: bool = True) -> None:
        """One frame of the client's comes."""
        self.client.writes.append(Frame(opcode, data, fin).serialize(mask=True))
        self.say()

    def received(self) -> list[Any]:
        """What the application could take."""
        queue = self.socket.queue
        return [queue.get_nowait() for _ in range(queue.qsize())]

    def wait(self, seconds: float, answering: bool) -> None:
        """Time goes by; the client answers pings, or does not."""
        for _ in range(int(seconds / STEP_S)):
            self.loop.advance(STEP_S)
            if answering and self.transport.written:
                self.hear()
                self.say()


@pytest.fixture
def connection() -> Connection:
    return Connection()


def test_who_answers_pings_may_say_nothing_for_as_long_as_it_wants(connection: Connection) -> None:
    connection.wait(1000, answering=True)
    assert not connection.transport.is_closing()


def test_who_answers_no_ping_is_dropped_without_a_farewell(connection: Connection) -> None:
    connection.wait(2 * PING_S - STEP_S, answering=False)
    assert not connection.transport.aborted
    connection.wait(STEP_S, answering=False)
    assert connection.transport.aborted


def test_who_sends_but_does_not_read_is_dropped_too(connection: Connection) -> None:
    for _ in range(int(2 * PING_S)):
        connection.frame(Opcode.TEXT, b"hello")
        connection.wait(STEP_S, answering=False)
    assert connection.transport.aborted


def test_a_farewell_that_is_not_taken_is_not_waited_for(connection: Connection) -> None:
    asyncio.run(connection.socket.send({"type": "websocket.close", "code": 1000}))
    connection.wait(SILENT_S - STEP_S, answering=False)
    assert (connection.transport.closed, connection.transport.aborted) == (True, False)
    connection.wait(STEP_S, answering=False)
    assert connection.transport.aborted


def test_who_pings_and_reads_nothing_gets_no_answers_that_pile_up(connection: Connection) -> None:
    connection.frame(Opcode.PING, b"one")
    assert b"one" in connection.transport.written
    connection.socket.pause_writing()
    connection.frame(Opcode.PING, b"two")
    assert b"two" not in connection.transport.written
    connection.socket.resume_writing()
    connection.frame(Opcode.PING, b"three")
    assert b"three" in connection.transport.written
    assert b"two" not in connection.transport.written


def test_a_message_in_frames_is_one_message(connection: Connection) -> None:
    connection.received()
    euro = "€".encode()
    connection.frame(Opcode.TEXT, euro[:1], fin=False)
    connection.frame(Opcode.CONT, euro[1:2], fin=False)
    connection.frame(Opcode.CONT, euro[2:])
    assert connection.received() == [{"type": "websocket.receive", "text": "€"}]


@pytest.mark.parametrize("frames", [[b"\xff"], [b"\xe2\x82"], [b"\xe2", b"\x28"]])
def test_text_that_is_no_utf_8_ends_it(connection: Connection, frames: list[bytes]) -> None:
    for number, data in enumerate(frames):
        connection.frame(Opcode.CONT if number else Opcode.TEXT, data, fin=number == len(frames) - 1)
    assert closed_with(connection) == 1007


def test_bytes_may_be_anything(connection: Connection) -> None:
    connection.received()
    connection.frame(Opcode.TEXT, b"x")
    connection.frame(Opcode.BINARY, b"\xff", fin=False)
    connection.frame(Opcode.CONT, b"\xfe")
    assert connection.received()[-1] == {"type": "websocket.receive", "bytes": b"\xff\xfe"}


def test_a_message_of_very_many_frames_ends_it(connection: Connection) -> None:
    connection.frame(Opcode.TEXT, b"", fin=False)
    for _ in range(MOST_FRAMES - 1):
        connection.frame(Opcode.CONT, b"", fin=False)
    assert not connection.transport.is_closing()
    connection.frame(Opcode.CONT, b"", fin=False)
    assert closed_with(connection) == 1009


def test_a_message_as_long_as_may_be_comes_and_a_longer_one_ends_it(connection: Connection) -> None:
    connection.received()
    connection.frame(Opcode.TEXT, b"x" * MAX_MESSAGE)
    assert len(connection.received()[0]["text"]) == MAX_MESSAGE
    connection.frame(Opcode.TEXT, b"x" * (MAX_MESSAGE + 1))
    assert closed_with(connection) == 1009


def test_so_does_one_that_is_too_long_in_all(connection: Connection) -> None:
    connection.frame(Opcode.BINARY, b"x" * MAX_MESSAGE, fin=False)
    connection.frame(Opcode.CONT, b"x")
    assert closed_with(connection) == 1009


def closed_with(connection: Connection) -> int:
    """The code with which the server has closed."""
    connection.hear()
    assert connection.transport.closed
    assert connection.client.close_rcvd
    return int(connection.client.close_rcvd.code)


def test_a_connection_that_is_gone_tells_so_once_and_has_no_timers(connection: Connection) -> None:
    connection.socket.pause_writing()
    assert connection.left == []
    connection.socket.connection_lost(ConnectionResetError())
    assert connection.left == ["left"]
    assert not connection.state.connections
    assert all(handle.cancelled for handle in connection.loop.handles)


def test_what_takes_a_connection_over_tells_in_its_place_and_leaves_no_timers() -> None:
    loop, transport, left = Loop(), Transport(), list[str]()
    state = ServerState()
    client = ClientProtocol(parse_uri("ws://localhost/"))
    client.send_request(client.connect())

    async def scenario() -> None:
        gone = partial(left.append, "left")
        http = PatientProtocol(a_config(), state, gone, loop)  # type: ignore[arg-type]
        http.connection_made(transport)
        http.pause_writing()
        http.data_received(b"".join(client.data_to_send()))
        socket = transport.protocol
        assert isinstance(socket, PatientSocket)
        assert [*state.connections] == [socket]
        assert all(handle.cancelled for handle in loop.handles)
        socket.connection_lost(None)
        await asyncio.gather(*state.tasks)

    asyncio.run(scenario())
    assert left == ["left"]
    assert not state.connections
