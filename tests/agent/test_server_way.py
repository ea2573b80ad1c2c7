"""The way to a record server whose name is still being looked up: its recording holds its audio meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace

import pytest

from phone_recorder.adapters.reactor import Reactor
from phone_recorder.adapters.record_client import TcpServerLink
from phone_recorder.agent.server_way import ROOM, UNKNOWN, LinkByName, ServerWay
from phone_recorder.errors import ServerUnreachable, UsageError
from phone_recorder.recording.destination import State
from phone_recorder.recording.server_destination import Closed, Opened, Received, ServerDestination, ServerPolicy
from phone_recorder.settings.record import ServerSettings
from phone_recorder.wire.control import StartRequest
from phone_recorder.wire.rtp import RtpSender
from tests.adapters.reactors import running
from tests.recording.scripted_server import Link
from tests.recording.streams import FRAME, SECOND

NAMED = ServerSettings("recorder.example", 10000)
PATIENCE_S = 20


class Names:
    """Knows a name once it may answer."""

    def __init__(self, error: UsageError | None = None) -> None:
        self.asked: list[tuple[str, int]] = []
        self.may_answer = threading.Event()
        self._error = error

    def __call__(self, host: str, port: int) -> tuple[str, int]:
        self.asked.append((host, port))
        assert self.may_answer.wait(PATIENCE_S)
        if self._error:
            raise self._error
        return "127.0.0.1", port


@pytest.fixture
def reactor() -> Iterator[Reactor]:
    with running() as made:
        yield made


def looked_up(reactor: Reactor, way: ServerWay, server: ServerSettings) -> None:
    reactor.start(way.look_up(server), lambda result, error: reactor.stop())
    reactor.run()


def test_an_address_is_known_at_once_and_nobody_is_asked(reactor: Reactor) -> None:
    names = Names()
    way = ServerWay(names)
    for host in ("192.0.2.1", "::1"):
        looked_up(reactor, way, ServerSettings(host))
        assert isinstance(way.link(ServerSettings(host)), TcpServerLink)
    looked_up(reactor, way, ServerSettings())
    assert names.asked == []


def test_where_none_is_set_that_is_said() -> None:
    with pytest.raises(ServerUnreachable, match=r"no record server is set: set server\.host"):
        ServerWay(Names()).link(ServerSettings())


def test_a_name_that_was_never_looked_up_is_when_a_recording_begins() -> None:
    names = Names()
    link = ServerWay(names).link(NAMED)
    assert isinstance(link, LinkByName)
    names.may_answer.set()
    assert link._address.result(PATIENCE_S) == ("127.0.0.1", 10000)


def test_where_too_many_names_wait_a_recording_is_told_so() -> None:
    names = Names()
    way = ServerWay(names)
    for port in range(1, ROOM + 2):
        way.link(ServerSettings("recorder.example", port))
    with pytest.raises(ServerUnreachable, match="names are not looked up: there is no answer"):
        way.link(NAMED)
    names.may_answer.set()


def test_a_name_is_known_once_it_was_looked_up_and_stays_known_when_that_fails_later(reactor: Reactor) -> None:
    names = Names()
    names.may_answer.set()
    way = ServerWay(names)
    looked_up(reactor, way, NAMED)
    assert isinstance(way.link(NAMED), TcpServerLink)
    names._error = UsageError("no network")
    looked_up(reactor, way, NAMED)
    assert isinstance(way.link(NAMED), TcpServerLink)
    assert isinstance(way.link(replace(NAMED, port=10001)), LinkByName)


def test_a_recording_that_begins_during_the_look_up_connects_when_that_is_done(reactor: Reactor) -> None:
    names = Names()
    way = ServerWay(names)
    reactor.start(way.look_up(NAMED), lambda result, error: reactor.stop())
    link = way.link(NAMED)
    assert isinstance(link, LinkByName)
    link.open()
    assert [*link.events()] == []
    reactor.start(way.look_up(NAMED))  # no second time meanwhile
    names.may_answer.set()
    reactor.run()
    assert names.asked == [("recorder.example", 10000)]
    [*_] = link.events()
    assert isinstance(link._link, TcpServerLink)
    link.close()


def test_what_fails_can_be_looked_up_again(reactor: Reactor) -> None:
    names = Names(UsageError("there is no host"))
    names.may_answer.set()
    way = ServerWay(names)
    looked_up(reactor, way, NAMED)
    names._error = None
    # By the next attempt of a recording, too.
    link = way.link(NAMED)
    assert isinstance(link, LinkByName)
    assert link._address.result(PATIENCE_S) == ("127.0.0.1", 10000)
    looked_up(reactor, way, NAMED)
    assert isinstance(way.link(NAMED), TcpServerLink)


class Named:
    """A recording whose server's address is told by the test."""

    def __init__(self, timeout: int = 5 * SECOND) -> None:
        self.address: Future[tuple[str, int]] = Future()
        self.server = Link()
        self.made_for: list[tuple[str, int]] = []
        link = LinkByName(self.address, self._make)
        request = StartRequest("00ff", codec="PCMU")
        self.recording = ServerDestination(link, request, RtpSender(0, 1, 0, 0), ServerPolicy(timeout=timeout))
        self.recording.open(0)

    def _make(self, address: tuple[str, int]) -> Link:
        self.made_for.append(address)
        return self.server


def test_audio_of_before_the_address_was_known_is_sent_when_the_server_takes_it() -> None:
    named = Named()
    for number in range(100):
        named.recording.write(number * FRAME, [bytes([number]) * FRAME])
        named.recording.advance(number * FRAME)
    assert named.recording.state is State.OPENING
    named.address.set_result(("192.0.2.7", 10000))
    named.recording.advance(2 * SECOND)
    assert (named.made_for, named.server.opened) == ([("192.0.2.7", 10000)], 1)
    named.server.coming += [
        Opened("192.0.2.7"),
        Received(b"cmd=RecordStartResponse&id=00ff&result=success&reason=&server=192.0.2.7&port=20000"),
    ]
    for now in range(2 * SECOND, 4 * SECOND, FRAME):
        named.recording.advance(now)
        named.recording.write(now, [])
    assert [packet[12] for packet in named.server.media] == [*range(100)]
    named.recording.close(4 * SECOND, "bye")
    assert b"cmd=RecordStopRequest" in named.server.sent


def test_a_name_that_nobody_knows_ends_it_once() -> None:
    named = Named()
    named.address.set_exception(UsageError("there is no host 'x': check --server"))
    named.recording.advance(FRAME)
    assert str(named.recording.error) == f"the record server cannot be reached: {UNKNOWN}"
    assert named.made_for == []


def test_a_look_up_without_an_answer_ends_when_the_server_would_have_had_to_answer() -> None:
    named = Named(timeout=SECOND)
    named.recording.advance(SECOND - 1)
    assert named.recording.state is State.OPENING
    named.recording.advance(SECOND)
    assert "does not answer" in str(named.recording.error)
    named.address.set_result(("192.0.2.7", 10000))
    named.recording.advance(2 * SECOND)
    assert named.made_for == []


def test_stopped_before_the_address_was_known_it_is_cancelled_and_connects_never() -> None:
    named = Named()
    named.recording.close(FRAME, "record key")
    assert named.recording.state is State.CANCELLED
    named.address.set_result(("192.0.2.7", 10000))
    named.recording.advance(2 * FRAME)
    assert (named.made_for, named.server.opened) == ([], 0)


@pytest.mark.parametrize("knows", [True, False])
def test_a_link_that_was_closed_tells_and_opens_nothing_more(knows: bool) -> None:
    named = Named()
    link = LinkByName(named.address, named._make)
    link.close()
    if knows:
        named.address.set_result(("192.0.2.7", 10000))
    else:
        named.address.set_exception(UsageError("no network"))
    assert [*link.events()] == []
    assert named.made_for == []


def test_the_end_of_the_connection_is_told_on() -> None:
    named = Named()
    named.address.set_result(("192.0.2.7", 10000))
    named.server.coming.append(Closed("connection refused"))
    named.recording.advance(FRAME)
    assert str(named.recording.error) == "the record server cannot be reached: connection refused"
    assert named.server.closed
