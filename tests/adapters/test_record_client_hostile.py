"""EDGE-CASES C8 over real sockets: servers that vanish, do not read, or whose address leads nowhere."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from phone_recorder.adapters.record_client import TcpServerLink
from phone_recorder.errors import ServerLost, ServerRefused, ServerUnreachable
from phone_recorder.recording.destination import State
from phone_recorder.recording.server_destination import Closed, LinkEvent, Opened, ServerDestination, ServerPolicy
from phone_recorder.wire.control import StartRequest
from phone_recorder.wire.rtp import RtpSender
from tests.adapters.byte_server import PATIENCE_S, Server
from tests.adapters.vanish import vanish

SECOND = 8000
BRIEF_S = 2


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def link(server: Server) -> Iterator[TcpServerLink]:
    link = TcpServerLink(server.address, BRIEF_S)
    yield link
    link.close()


def until(condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"


def events(link: TcpServerLink) -> list[LinkEvent]:
    """The next that come."""
    found: list[LinkEvent] = []

    def there() -> bool:
        found.extend(link.events())
        return bool(found)

    until(there)
    return found


def opened(
    server: Server, link: TcpServerLink, policy: ServerPolicy | None = None
) -> tuple[ServerDestination, socket.socket]:
    """A recording that is being asked for."""
    made = ServerDestination(link, StartRequest("00ff", codec="PCMU"), RtpSender(0, 1, 2, 3), policy)
    made.open(0)
    connection = server.accept()
    advance_while(made, lambda: not asked(connection))
    return made, connection


def asked(connection: socket.socket) -> bool:
    """Whether the request has come; it is left where it is."""
    try:
        return bool(connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return False


def hear_nothing(connection: socket.socket, seconds: float) -> None:
    """Listen so long in vain: what a kernel's probes are worth shows in real time alone."""
    connection.recv(4096)
    connection.settimeout(seconds)
    with pytest.raises(TimeoutError):
        connection.recv(1)


def advance_while(made: ServerDestination, condition: Callable[[], bool]) -> None:
    def done() -> bool:
        made.advance(0)
        return not condition()

    until(done, 2 * PATIENCE_S)


@pytest.mark.live
def test_c8_a_server_that_vanishes_while_recording_is_noticed(server: Server, link: TcpServerLink) -> None:
    made, connection = opened(server, link)
    connection.sendall(server.accepted)
    advance_while(made, lambda: made.state is State.OPENING)
    vanish(connection)
    hear_nothing(connection, BRIEF_S - 0.5)
    advance_while(made, lambda: made.state is State.OPEN)
    assert isinstance(made.error, ServerLost)
    assert str(made.error) == "the connection to the record server was lost: connection timed out"


@pytest.mark.live
def test_a_server_that_is_there_and_says_nothing_is_not_taken_for_dead(server: Server, link: TcpServerLink) -> None:
    made, connection = opened(server, link)
    connection.sendall(server.accepted)
    advance_while(made, lambda: made.state is State.OPENING)
    hear_nothing(connection, BRIEF_S + 1.5)
    made.advance(0)
    assert made.state is State.OPEN


def test_c8_a_server_that_does_not_read_holds_nobody_up(server: Server, link: TcpServerLink) -> None:
    made, connection = opened(server, link)
    for _ in range(16):
        link.send(bytes(1 << 20))
    assert list(link.events()) == []
    made.close(80, "record key")
    made.advance(5 * SECOND)
    assert (made.state, made.error) == (State.CANCELLED, None)
    connection.close()


def test_c8_a_server_whose_backlog_is_full_is_given_up_in_time(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        held = []
        for _ in range(4):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
            held.append(waiting)
        link = TcpServerLink(full.getsockname())
        made = ServerDestination(link, StartRequest("00ff", codec="PCMU"), RtpSender(0, 1, 2, 3))
        made.open(0)
        made.advance(5 * SECOND - 1)
        assert made.state is State.OPENING
        made.advance(5 * SECOND)
        assert isinstance(made.error, ServerUnreachable)
        assert str(made.error) == "the record server cannot be reached: it does not answer"
        for waiting in held:
            waiting.close()


def test_an_rtp_address_that_cannot_be_used_is_refused(server: Server, link: TcpServerLink) -> None:
    made, connection = opened(server, link, ServerPolicy(foreign_media=True))
    connection.sendall(b"cmd=RecordStartResponse&id=00ff&result=success&reason=&server=255.255.255.255&port=9\n")
    advance_while(made, lambda: made.state is State.OPENING)
    assert isinstance(made.error, ServerRefused)
    assert str(made.error) == "no RTP can be sent to 255.255.255.255:9, where the record server wants it"


def test_no_descriptor_is_left_for_a_connection(server: Server) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = socket.socket()
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest.fileno() + 1, hard))
    try:
        link = TcpServerLink(server.address)
        link.open()
        found = [*link.events(), *link.events()]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        lowest.close()
    assert found == [Closed("too many open files")]


def test_a_descriptor_beyond_what_select_knows(server: Server) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 1100:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1100, hard))
    held = [socket.socket() for _ in range(1030)]
    try:
        link = TcpServerLink(server.address)
        link.open()
        assert events(link) == [Opened("127.0.0.1")]
        link.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for each in held:
            each.close()
