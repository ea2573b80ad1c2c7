"""Slow clients are closed: an injected loop tells the time."""

from __future__ import annotations

import h11
import pytest
import uvicorn
from uvicorn.server import ServerState

from phone_recorder.web.patient_protocol import HEAD_S, STALLED_S, PatientProtocol
from tests.web.fake_loop import Loop, Transport

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def app(scope: object, receive: object, send: object) -> None:
    """Never run."""


class Connection:
    """One connection to a server."""

    def __init__(self) -> None:
        self.loop, self.transport, self.gone = Loop(), Transport(), False
        config = uvicorn.Config(app, http=PatientProtocol, log_config=None, lifespan="off")
        self.protocol = PatientProtocol(config, ServerState(), self.leave, self.loop)  # type: ignore[arg-type]
        self.protocol.connection_made(self.transport)

    def leave(self) -> None:
        """The protocol has told that the connection is gone."""
        self.gone = True

    def answer(self) -> None:
        """The request that has come is answered."""
        self.protocol.cycle.response_complete = True
        for part in (h11.Response(status_code=204, headers=[]), h11.EndOfMessage()):
            self.protocol.conn.send(part)
        self.protocol.on_response_complete()


@pytest.fixture
def connection() -> Connection:
    return Connection()


def test_who_says_nothing_is_closed(connection: Connection) -> None:
    connection.loop.advance(HEAD_S - 0.1)
    assert not connection.transport.aborted
    connection.loop.advance(0.1)
    assert connection.transport.aborted


def test_who_sends_a_byte_a_second_is_closed_all_the_same(connection: Connection) -> None:
    for byte in REQUEST[:10]:
        connection.protocol.data_received(bytes([byte]))
        connection.loop.advance(1)
    assert connection.transport.aborted


def test_a_request_that_has_come_may_take_its_time(connection: Connection) -> None:
    connection.protocol.data_received(REQUEST)
    connection.loop.advance(1000)
    assert not connection.transport.aborted


def test_the_next_request_must_come_in_time_too(connection: Connection) -> None:
    connection.protocol.data_received(REQUEST)
    connection.loop.advance(100)
    connection.answer()
    connection.protocol.data_received(REQUEST[:5])
    connection.loop.advance(HEAD_S - 0.1)
    assert not connection.transport.aborted
    connection.loop.advance(0.1)
    assert connection.transport.aborted


def test_a_request_that_had_come_before_the_answer_may_take_its_time(connection: Connection) -> None:
    connection.protocol.data_received(REQUEST + REQUEST)
    connection.answer()
    connection.loop.advance(1000)
    assert not connection.transport.aborted


def test_who_reads_nothing_is_closed(connection: Connection) -> None:
    connection.protocol.data_received(REQUEST)
    connection.protocol.pause_writing()
    connection.loop.advance(STALLED_S - 1)
    connection.protocol.resume_writing()
    connection.loop.advance(STALLED_S)
    assert not connection.transport.aborted
    connection.protocol.pause_writing()
    connection.loop.advance(STALLED_S)
    assert connection.transport.aborted


def test_a_connection_that_is_gone_tells_so_and_has_no_timers(connection: Connection) -> None:
    connection.protocol.data_received(REQUEST)
    connection.protocol.pause_writing()
    assert not connection.gone
    connection.protocol.connection_lost(None)
    assert connection.gone
    assert all(handle.cancelled for handle in connection.loop.handles)
