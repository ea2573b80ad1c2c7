"""Two layers over a wire that loses, doubles, reorders and spoils; what no layer may take; and that nothing is left."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.hop import Hop, Transport
from phone_recorder.sip.messages.message import Request, response_to
from phone_recorder.sip.timers import Callback, VirtualTimers
from phone_recorder.sip.transaction.layer import ServerTransaction, TransactionLayer
from tests.sip.transaction_bench import PEER, PEER_TCP, Bench, Listener, numbered_tokens, ours, respond, theirs
from tests.sip.virtual_wire import (
    Arrival,
    Fault,
    VirtualWire,
    clean,
    drop_first,
    reordered,
    silent,
    spoilt_first,
    twice,
)

FAULTS = pytest.mark.parametrize("fault", [clean, drop_first, twice, reordered, spoilt_first])


class Callee:
    """Answers after a while: `answers` are (seconds, status)."""

    def __init__(self, timers: VirtualTimers, answers: list[tuple[float, int]]) -> None:
        self.requests: list[str] = []
        self.invites: list[ServerTransaction] = []
        self.acks = 0
        self.cancels = 0
        self._timers = timers
        self._answers = answers

    def request(self, transaction: ServerTransaction) -> None:
        self.requests.append(transaction.request.method)
        self.invites += [transaction] if transaction.request.method == "INVITE" else []
        for seconds, status in self._answers:
            self._timers.call_later(seconds, self._answer(transaction, status))

    def ack(self, request: Request, source: Hop) -> None:
        self.acks += 1

    def cancelled(self, transaction: ServerTransaction) -> None:
        self.cancels += 1
        respond(transaction, 487)

    def broken(self, hop: Hop, error: SipUnreachable) -> None:
        pass

    def _answer(self, transaction: ServerTransaction, status: int) -> Callback:
        return lambda: None if transaction.final else respond(transaction, status)


class Pair:
    """A phone and a server, each a layer; the server is a Callee."""

    def __init__(self, *answers: tuple[float, int], fault: Fault = clean) -> None:
        self.timers = VirtualTimers()
        self.wire = VirtualWire(self.timers)
        self.wire.fault = fault
        self.phone, self.server = (self.wire.port(*end) for end in (("phone", "192.0.2.1"), ("server", "192.0.2.9")))
        self.layers = [
            TransactionLayer(end, self.timers, numbered_tokens(end.name)) for end in (self.phone, self.server)
        ]
        self.phone.receiver, self.server.receiver = self.layers
        self.callee = Callee(self.timers, [*answers])
        for layer in self.layers:
            layer.user = self.callee

    def left(self) -> tuple[int, ...]:
        return (*(layer.running for layer in self.layers), self.timers.waiting)


@FAULTS
@pytest.mark.parametrize("transport", ["UDP", "TCP"])
@pytest.mark.parametrize("method", ["REGISTER", "BYE", "INFO"])
def test_a_request_is_heard_once_and_its_answer_told_once_whatever_the_wire_does(
    method: str, transport: Transport, fault: Fault
) -> None:
    pair, listener = Pair((0, 200), fault=fault), Listener()
    pair.layers[0].send_request(ours(method), pair.server.hop(transport), listener)
    pair.timers.advance(2)
    assert (pair.callee.requests, listener.heard) == ([method], ["200"])
    pair.timers.advance(60)
    assert (pair.callee.requests, listener.heard, pair.left()) == ([method], ["200"], (0, 0, 0))


@FAULTS
@pytest.mark.parametrize("transport", ["UDP", "TCP"])
@pytest.mark.parametrize("status", [302, 401, 486, 603])
def test_an_invite_is_refused_and_acknowledged_whatever_the_wire_does(
    status: int, transport: Transport, fault: Fault
) -> None:
    pair, listener = Pair((0.05, 180), (3, status), fault=fault), Listener()
    pair.layers[0].send_request(ours("INVITE"), pair.server.hop(transport), listener)
    pair.timers.advance(60)
    assert pair.callee.requests == ["INVITE"]
    assert listener.heard[-1] == str(status)
    assert {*listener.heard[:-1]} <= {"100", "180"}
    assert (pair.callee.acks, pair.left()) == (0, (0, 0, 0))


def test_with_every_first_copy_lost_the_story_of_a_refused_invite_is_this() -> None:
    pair, listener = Pair((0.05, 180), (3, 486), fault=drop_first), Listener()
    pair.layers[0].send_request(ours("INVITE"), pair.server.hop(), listener)
    pair.timers.advance(60)
    assert [f"{passed.at:.2f} {passed}" for passed in pair.wire.log] == [
        "0.00 phone>server INVITE",
        "0.50 phone>server INVITE",
        "0.56 server>phone 180 INVITE",
        "1.50 phone>server INVITE",
        "1.51 server>phone 180 INVITE",
        "3.51 server>phone 486 INVITE",
        "4.01 server>phone 486 INVITE",
        "4.02 phone>server ACK",
        "5.01 server>phone 486 INVITE",
        "5.02 phone>server ACK",
    ]
    assert listener.heard == ["180", "486"]


@FAULTS
@pytest.mark.parametrize("after", [0, 0.02, 0.3, 1, 5, 9.99])
def test_an_invite_that_is_cancelled_at_any_time_ends_with_one_answer(after: float, fault: Fault) -> None:
    pair, listener = Pair((0.05, 180), (10, 486), fault=fault), Listener()
    transaction = pair.layers[0].send_request(ours("INVITE"), pair.server.hop(), listener)
    pair.timers.advance(after)
    transaction.cancel()
    pair.timers.advance(100)
    assert pair.callee.requests == ["INVITE"]
    finals = [heard for heard in listener.heard if heard >= "2"]
    assert finals == (["487"] if pair.callee.cancels else ["486"])
    assert (finals == ["487"]) or after == 9.99
    assert pair.left() == (0, 0, 0)


@pytest.mark.parametrize(
    ("fault", "answers", "acks"),
    # An ACK has a branch of its own each time, so that each is a first copy.
    [(clean, 3, 3), (drop_first, 2, 0), (twice, 6, 6), (reordered, 3, 3), (spoilt_first, 2, 0)],
)
def test_each_2xx_that_the_user_sends_again_comes_and_each_ack_is_told(fault: Fault, answers: int, acks: int) -> None:
    pair, listener = Pair(fault=fault), Listener()
    pair.layers[0].send_request(ours("INVITE"), pair.server.hop(), listener)
    pair.timers.advance(1)
    for _ in range(3):
        respond(pair.callee.invites[0], 200)
        pair.timers.advance(1)
        pair.layers[0].send_ack(ours("ACK"), pair.server.hop())
    pair.timers.advance(60)
    assert [heard for heard in listener.heard if heard != "100"] == ["200"] * answers
    assert (pair.callee.acks, len(pair.callee.invites)) == (acks, 1)
    assert pair.left() == (0, 0, 0)


def test_where_nobody_listens_requests_time_out_over_udp_and_break_over_tcp() -> None:
    pair = Pair(fault=silent)
    heard = []
    for method in ("INVITE", "OPTIONS"):
        for transport in ("UDP", "TCP"):
            listener = Listener()
            pair.wire.unplug(pair.server)
            pair.layers[0].send_request(ours(method), pair.server.hop(transport), listener)
            pair.timers.advance(40)
            heard.append(listener.heard)
    assert heard == [["SipTimeout"], ["SipUnreachable"]] * 2
    assert pair.left() == (0, 0, 0)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (theirs("INVITE").replace(b"CSeq: 1 INVITE", b"CSeq: 1 BYE"), "400 BYE"),
        (theirs("INVITE").replace(b"SIP/2.0\r\n", b"SIP/7.0\r\n", 1), "505 INVITE"),
        (theirs("INVITE").replace(b"Content-Length: 0", b"Content-Length: 9"), "400 INVITE"),
    ],
)
def test_what_is_wrong_but_can_be_answered_is_answered_each_time_and_not_remembered(data: bytes, status: str) -> None:
    bench = Bench()
    for _ in range(3):
        bench.hear(data)
    assert [line.partition(" ")[2] for line in bench.story()] == [status] * 3
    assert bench.at_rest()
    assert bench.requests == []
    assert bench.layer.dropped == {f"refused with {status[:3]}": 3}


def test_only_a_datagram_may_do_without_content_length() -> None:
    bench = Bench()
    for hop in (PEER, PEER_TCP):
        bench.hear(theirs("OPTIONS").replace(b"Content-Length: 0\r\n", b""), hop)
    assert (len(bench.requests), bench.story()) == (1, ["0 400 OPTIONS"])


def test_such_an_answer_goes_where_the_via_wishes_and_its_ack_is_told_to_nobody() -> None:
    bench = Bench()
    bad = theirs("INVITE", ";branch=z9hG4bKa;rport").replace(b"Content-Length: 0", b"Content-Length: 9")
    bench.hear(bad, Hop("UDP", "192.0.2.9", 40000))
    assert bench.sent[0].hop == Hop("UDP", "192.0.2.9", 40000)
    assert b";rport=40000;received=192.0.2.9\r\n" in bench.sent[0].data
    to = bench.sent[0].message.to_addr
    assert to and to.tag
    bench.hear(theirs("ACK", ";branch=z9hG4bKa;rport", to_tag=to.tag), Hop("UDP", "192.0.2.9", 40000))
    assert bench.acks == []
    bench.hear(theirs("ACK", ";branch=z9hG4bKa;rport", to_tag="of-something-else"))
    assert len(bench.acks) == 1


def test_an_ack_is_never_answered() -> None:
    bench = Bench()
    for data in (theirs("ACK"), theirs("ACK").replace(b"SIP/2.0\r\n", b"SIP/7.0\r\n", 1), theirs("ACK", to_tag="we")):
        bench.hear(data)
    assert (bench.story(), bench.requests) == ([], [])
    assert bench.layer.dropped == {"ACK that cannot be taken": 1}


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=80) | st.tuples(st.integers(0, 400), st.binary(max_size=6)))
def test_nothing_that_comes_raises_or_leaves_anything(spoilt: bytes | tuple[int, bytes]) -> None:
    bench = Bench()
    bench.layer.send_request(ours("INVITE"), PEER, Listener())
    for whole in (theirs("INVITE"), theirs("CANCEL"), bytes(response_to(ours("INVITE"), 200))):
        data = spoilt if isinstance(spoilt, bytes) else whole[: spoilt[0]] + spoilt[1] + whole[spoilt[0] :]
        bench.hear(data)
        bench.hear(data, PEER_TCP)
    for transaction in bench.requests:
        respond(transaction, 486)
    bench.timers.advance(100)
    assert bench.at_rest()


def test_garbage_is_dropped_and_counted() -> None:
    bench = Bench()
    for data in (b"", b"\r\n\r\n", b"\0" * 50, theirs("INVITE")[:60], b"SIP/2.0 200 OK\r\n\r\n"):
        bench.hear(data)
    assert (bench.story(), bench.requests) == ([], [])
    assert bench.layer.dropped == {"no SIP message": 5}


def test_a_storm_over_a_bad_wire_leaves_nothing_behind() -> None:
    chance = random.Random(5)

    def bad(data: bytes, before: int) -> list[Arrival]:
        copies = chance.choice((0, 1, 1, 2))
        return [(chance.uniform(0, 0.2), data[: chance.choice((None, None, None, 70))]) for _ in range(copies)]

    pair = Pair((0.05, 180), (0.5, 486), fault=bad)
    # The phone is in a call with all of them, so that there is room for so many of one host.
    pair.layers[1].known = lambda request: True
    # All of them twice: what the first storm has left behind would have the second one's requests merged.
    for storm in (1, 2):
        listeners = [blown(pair, number) for number in range(200)]
        pair.timers.advance(200)
        assert len(pair.callee.requests) == 200 * storm
        assert {sum(heard >= "2" for heard in listener.heard) for listener in listeners} == {1}
        assert pair.left() == (0, 0, 0)


def blown(pair: Pair, number: int) -> Listener:
    """One request of a storm: of several methods, over UDP and TCP, some cancelled."""
    listener = Listener()
    request = ours(("INVITE", "INFO", "REGISTER")[number % 3])
    request.set_header("Call-ID", str(number))
    transaction = pair.layers[0].send_request(request, pair.server.hop("UDP" if number % 5 else "TCP"), listener)
    if number % 4 == 0:
        transaction.cancel()
    pair.timers.advance(0.05)
    return listener
