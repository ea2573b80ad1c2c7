"""The phone's sockets against servers that send literal bytes, good and bad, over real loopback connections."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Iterator

import pytest

from phone_recorder.adapters.record_client import TcpServerLink
from phone_recorder.errors import ServerLost, ServerUnreachable
from phone_recorder.recording.destination import State
from phone_recorder.recording.server_destination import Closed, LinkEvent, Opened, Received, ServerDestination
from phone_recorder.wire.control import StartRequest
from phone_recorder.wire.rtp import RtpSender
from tests.adapters.byte_server import PATIENCE_S, Server

SECOND = 8000
REQUEST = (
    b"cmd=RecordStartRequest&id=00ff&device=&remote_number=&remote_name=&local_number=&local_name=&dir=out&codec=PCMU"
)
STOP = b"cmd=RecordStopRequest&id=00ff&remote_number=&remote_name=&local_number=&local_name=&reason=record%20key"
STOPPED = b"cmd=RecordStopResponse&id=00ff&result=success\n"
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, 0 s: closing sends a reset."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def link(server: Server) -> Iterator[TcpServerLink]:
    link = TcpServerLink(server.address)
    yield link
    link.close()


def destination(link: TcpServerLink) -> ServerDestination:
    made = ServerDestination(link, StartRequest("00ff", codec="PCMU"), RtpSender(0, 1, 2, 3))
    made.open(0)
    return made


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another end does, as long as loopback may ever take."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"


def events(link: TcpServerLink, count: int) -> list[LinkEvent]:
    """That many events."""
    found: list[LinkEvent] = []

    def there() -> bool:
        found.extend(link.events())
        return len(found) >= count

    until(there)
    return found


def advance_until(made: ServerDestination, now: int, state: State) -> None:
    """Let the recording see what has come, its own time standing still."""

    def there() -> bool:
        made.advance(now)
        return made.state is state

    until(there)


def received(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size and (more := connection.recv(size - len(data))):
        data += more
    return data


def started(server: Server, link: TcpServerLink) -> tuple[ServerDestination, socket.socket]:
    """A recording that the server has accepted."""
    made = destination(link)
    connection = server.accept()
    assert destination_sent(made, connection) == REQUEST
    connection.sendall(server.accepted)
    advance_until(made, 0, State.OPEN)
    return made, connection


def destination_sent(made: ServerDestination, connection: socket.socket) -> bytes:
    """What arrives at the server of the start request."""
    connection.setblocking(False)
    data = b""

    def whole() -> bool:
        nonlocal data
        made.advance(0)
        try:
            data += connection.recv(4096)
        except BlockingIOError:
            return False
        return len(data) >= len(REQUEST)

    until(whole)
    connection.settimeout(PATIENCE_S)
    return data


def test_it_connects_and_then_passes_on_what_is_said(server: Server, link: TcpServerLink) -> None:
    link.send(b"said before the connection stands, ")
    link.open()
    connection = server.accept()
    assert events(link, 1) == [Opened("127.0.0.1")]
    link.send(b"and after")
    assert received(connection, 44) == b"said before the connection stands, and after"
    connection.sendall(b"answer")
    assert events(link, 1) == [Received(b"answer")]
    connection.close()
    assert events(link, 1) == [Closed("the server has closed it")]
    assert list(link.events()) == []


def test_what_came_before_the_end_is_told_before_it(server: Server, link: TcpServerLink) -> None:
    link.open()
    connection = server.accept()
    connection.sendall(b"last words")
    connection.close()
    assert events(link, 3) == [Opened("127.0.0.1"), Received(b"last words"), Closed("the server has closed it")]


def test_a_message_larger_than_the_sockets_arrives_in_the_end(server: Server, link: TcpServerLink) -> None:
    link.open()
    connection = server.accept()
    connection.setblocking(False)
    events(link, 1)
    message = bytes(range(256)) * 40_000
    link.send(message)
    arrived = bytearray()

    def whole() -> bool:
        assert list(link.events()) == []
        try:
            arrived.extend(connection.recv(1 << 20))
        except BlockingIOError:
            return False
        return len(arrived) == len(message)

    until(whole)
    assert bytes(arrived) == message


def test_a_port_that_nobody_listens_on(server: Server) -> None:
    server.listening.close()
    link = TcpServerLink(("127.0.0.1", 1))
    made = destination(link)
    advance_until(made, 0, State.FAILED)
    assert isinstance(made.error, ServerUnreachable)
    assert str(made.error) == "the record server cannot be reached: connection refused"


def test_an_address_that_no_way_leads_to() -> None:
    made = destination(TcpServerLink(("255.255.255.255", 10000)))
    advance_until(made, 0, State.FAILED)
    assert str(made.error).startswith("the record server cannot be reached: ")


def test_accepted_recorded_stopped(server: Server, link: TcpServerLink) -> None:
    made, connection = started(server, link)
    made.write(0, [b"\x01" * 160, b"\x02" * 160])
    assert [server.media.recv(2048) for _ in range(2)] == [
        b"\x80\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x01" + b"\x01" * 160,
        b"\x80\x00\x00\x03\x00\x00\x00\xa3\x00\x00\x00\x01" + b"\x02" * 160,
    ]
    made.close(0, "record key")
    assert received(connection, len(STOP)) == STOP
    assert made.state is State.CLOSING
    connection.sendall(STOPPED)
    advance_until(made, 0, State.CLOSED)
    assert connection.recv(1) == b""
    assert made.written == 320


def test_an_answer_a_byte_at_a_time(server: Server, link: TcpServerLink) -> None:
    made = destination(link)
    connection = server.accept()
    assert destination_sent(made, connection) == REQUEST
    for byte in server.accepted.rstrip()[:-1]:
        connection.sendall(bytes([byte]))
        made.advance(0)
        assert made.state is State.OPENING
    connection.sendall(server.accepted.rstrip()[-1:])
    advance_until(made, 0, State.OPEN)


def test_c8_a_server_that_never_answers_is_given_up_after_5_s(server: Server, link: TcpServerLink) -> None:
    made = destination(link)
    connection = server.accept()
    assert destination_sent(made, connection) == REQUEST
    states = []
    for now in (5 * SECOND - 1, 5 * SECOND):
        made.advance(now)
        states.append(made.state)
    assert states == [State.OPENING, State.FAILED]
    assert str(made.error) == "the record server does not answer"
    assert connection.recv(1) == b""


def test_c8_a_reset_ends_it(server: Server, link: TcpServerLink) -> None:
    made, connection = started(server, link)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()
    advance_until(made, 0, State.FAILED)
    assert isinstance(made.error, ServerLost)
    assert str(made.error) == "the connection to the record server was lost: connection reset by peer"


def test_c8_a_reset_before_any_answer(server: Server, link: TcpServerLink) -> None:
    made = destination(link)
    connection = server.accept()
    assert destination_sent(made, connection) == REQUEST
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()
    advance_until(made, 0, State.FAILED)
    assert isinstance(made.error, ServerLost)


def test_c8_a_server_that_closes_in_mid_recording(server: Server, link: TcpServerLink) -> None:
    made, connection = started(server, link)
    made.write(0, [bytes(160)])
    connection.close()
    advance_until(made, 0, State.FAILED)
    assert str(made.error) == "the connection to the record server was lost: the server has closed it"
    assert made.written == 160
    made.write(0, [bytes(160)])
    made.advance(0)
    assert made.written == 160


def test_c8_a_server_that_goes_while_the_stop_is_on_its_way(server: Server, link: TcpServerLink) -> None:
    made, connection = started(server, link)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()
    made.close(0, "record key")
    advance_until(made, 0, State.FAILED)


def test_c8_a_server_that_restarts_takes_the_next_recording(server: Server, link: TcpServerLink) -> None:
    made, connection = started(server, link)
    connection.close()
    advance_until(made, 0, State.FAILED)
    again = TcpServerLink(server.address)
    made, connection = started(server, again)
    again.close()
    connection.close()


def test_rtp_that_nobody_takes_any_more_is_no_error(server: Server, link: TcpServerLink) -> None:
    made, _connection = started(server, link)
    server.media.close()
    for _ in range(5):
        made.write(0, [bytes(160)] * 3)
        made.advance(0)
    assert made.state is State.OPEN


def test_a_link_closed_twice_or_used_after_its_end_stays_silent(server: Server, link: TcpServerLink) -> None:
    link.open()
    connection = server.accept()
    events(link, 1)
    link.close()
    link.close()
    link.send(b"x")
    link.send_media([b"x"])
    assert list(link.events()) == []
    assert connection.recv(1) == b""
