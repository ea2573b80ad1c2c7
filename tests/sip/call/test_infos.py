"""INFO with the record headers: held back until the ACK has left, challenged, refused, never answered, cut off."""

from __future__ import annotations

import pytest

from phone_recorder.sip.call.call import CallState
from phone_recorder.sip.call.call_end import named
from phone_recorder.sip.call.call_table import CallEvent
from tests.sip.call_rig import Rig, registered
from tests.sip.foreign import Foreign, sdp
from tests.sip.strict_digest import Challenger
from tests.sip.strict_peer import StrictPeer
from tests.sip.strict_server import StrictServer
from tests.sip.virtual_wire import drop_first

ON = (("Record", "on"),)
OFF = (("Record", "off"),)
Heard = list[tuple[int, str]]


class Bench:
    """Alice has called a foreign phone, which has not answered."""

    def __init__(self) -> None:
        self.rig = Rig()
        self.alice = self.rig.phone("alice", "192.0.2.1")
        self.foreign = Foreign(self.rig)
        self.alice.call("sip:f@192.0.2.9", self.foreign.port.hop())
        self.advance()
        self.call = self.alice.last
        self.heard: Heard = []

    def advance(self, seconds: float = 0.1) -> None:
        self.rig.timers.advance(seconds)

    def take(self) -> None:
        self.foreign.accept(self.foreign.got("INVITE"))
        self.foreign.join(self.foreign.got("INVITE"))
        self.advance()

    def info(self, headers: tuple[tuple[str, str], ...] = ON) -> None:
        self.call.info(headers, lambda status, reason: self.heard.append((status, reason)))
        self.advance()

    def answer(self, status: int) -> None:
        self.foreign.answer(self.foreign.got("INFO"), status)
        self.advance()


def test_it_waits_for_the_ack_and_goes_in_the_dialog_without_a_body() -> None:
    bench = Bench()
    bench.info()
    bench.foreign.answer(bench.foreign.got("INVITE"), 180)
    bench.advance(5)
    assert [m.method for m in bench.foreign.heard] == ["INVITE"]
    bench.take()
    assert bench.foreign.story() == ["INVITE", "ACK", "INFO"]
    assert bench.heard == []


@pytest.mark.parametrize("status", [200, 403, 481, 488, 500, 603])
def test_its_answer_is_told_and_the_call_goes_on(status: int) -> None:
    bench = Bench()
    bench.take()
    bench.info()
    info = bench.foreign.got("INFO")
    assert (info.get("record"), info.body, info.uri, info.cseq) == ("on", b"", "sip:f@192.0.2.9:5060", (2, "INFO"))
    bench.answer(status)
    assert bench.heard == [(status, "Said")]
    assert bench.call.state is CallState.ANSWERED


def test_one_that_nobody_answers_is_told_as_408_and_the_call_goes_on() -> None:
    bench = Bench()
    bench.take()
    bench.info()
    bench.advance(33)
    assert [status for status, _ in bench.heard] == [408]
    assert bench.call.state is CallState.ANSWERED


def test_when_the_call_ends_first_it_hears_so_once() -> None:
    bench = Bench()
    bench.info(OFF)
    bench.take()
    bench.info()
    info = bench.foreign.got("INFO")
    bench.foreign.ask(bench.alice, "BYE", 1)
    bench.advance()
    assert bench.heard == [(0, "the call is over")] * 2
    bench.foreign.answer(info, 200)
    bench.info()
    bench.advance(100)
    assert bench.heard == [(0, "the call is over")] * 3
    assert bench.rig.at_rest()


@pytest.mark.parametrize("how", ["hang up", "session over"])
def test_none_leaves_after_our_bye(how: str) -> None:
    bench = Bench()
    bench.take()
    bench.info()
    if how == "hang up":
        bench.call.hang_up()
    else:
        bench.call.happen(CallEvent.LOST, named(408, "network"))
    assert (bench.heard, bench.call.stands) == ([(0, "the call is over")], False)
    bench.foreign.story()
    bench.info(OFF)
    assert bench.heard == [(0, "the call is over")] * 2
    assert bench.foreign.story() == ["BYE"]


def test_one_that_is_challenged_after_our_bye_is_not_sent_again() -> None:
    rig = Rig()
    foreign = Foreign(rig)
    alice = rig.phone("alice", "192.0.2.1", registered("alice", "192.0.2.9"))
    alice.call("1002", foreign.port.hop())
    rig.timers.advance(0.1)
    foreign.accept(foreign.got("INVITE"))
    rig.timers.advance(0.1)
    challenge = 'WWW-Authenticate: Digest realm="r", nonce="n", algorithm=MD5'
    alice.last.info(ON, lambda status, reason: None)
    rig.timers.advance(0.1)
    foreign.answer(foreign.got("INFO"), 401, challenge)
    rig.timers.advance(0.1)
    assert foreign.story() == ["INVITE", "ACK", "INFO", "INFO"]
    alice.last.info(OFF, lambda status, reason: None)
    rig.timers.advance(0.1)
    alice.last.hang_up()
    foreign.answer(foreign.got("INFO"), 401, challenge.replace('"n"', '"m", stale=true'))
    rig.timers.advance(0.1)
    assert foreign.story() == ["INFO", "BYE"]


def test_none_leaves_once_a_call_that_came_is_hung_up_before_its_ack() -> None:
    rig = Rig()
    bob, foreign = rig.phone("bob", "192.0.2.2"), Foreign(rig)
    foreign.call(bob)
    bob.last.answer()
    bob.last.hang_up()
    heard: Heard = []
    bob.last.info(ON, lambda status, reason: heard.append((status, reason)))
    assert heard == [(0, "the call is over")]
    foreign.ask(bob, "ACK", 1)
    rig.timers.advance(0.1)
    assert foreign.story() == ["180 INVITE", "200 INVITE", "BYE"]


def test_a_call_that_is_never_answered_sends_none() -> None:
    bench = Bench()
    bench.info()
    bench.foreign.answer(bench.foreign.got("INVITE"), 486)
    bench.advance()
    assert bench.heard == [(0, "the call is over")]
    assert bench.foreign.story() == ["INVITE", "ACK"]


def test_a_call_that_came_waits_for_the_peers_ack() -> None:
    rig = Rig()
    bob, foreign = rig.phone("bob", "192.0.2.2"), Foreign(rig)
    foreign.call(bob)
    bob.last.answer()
    heard: Heard = []
    bob.last.info(ON, lambda status, reason: heard.append((status, reason)))
    rig.timers.advance(0.1)
    assert foreign.story() == ["180 INVITE", "200 INVITE"]
    foreign.ask(bob, "ACK", 1)
    rig.timers.advance(0.1)
    assert foreign.story() == ["INFO"]


def test_none_is_sent_while_the_ack_waits_for_a_name() -> None:
    rig = Rig()
    rig.names["phone.example"], rig.slow_s = "192.0.2.9", 0.3
    alice, foreign = rig.phone("alice", "192.0.2.1"), Foreign(rig)
    alice.call("sip:f@192.0.2.9", foreign.port.hop())
    alice.last.info(ON, lambda status, reason: None)
    rig.timers.advance(0.1)
    foreign.answer(foreign.got("INVITE"), 200, "Contact: <sip:f@phone.example>", body=sdp())
    foreign.answer(foreign.got("INVITE"), 200, "Contact: <sip:f@phone.example>", body=sdp())
    rig.timers.advance(0.2)
    assert foreign.story() == ["INVITE"]
    rig.timers.advance(2)
    assert "INFO" in foreign.story()
    acked, asked = (
        [p.at for p in rig.wire.log if p.data[:3] == b"ACK"],
        [p.at for p in rig.wire.log if p.data[:4] == b"INFO"],
    )
    assert min(acked) < min(asked)


@pytest.mark.parametrize("lossy", [False, True])
@pytest.mark.parametrize("once", [False, True])
@pytest.mark.parametrize("qop", ["", "auth", "auth-int"])
def test_a_strict_peer_challenges_each_request_and_hears_on_and_off(lossy: bool, once: bool, qop: str) -> None:
    rig = Rig()
    port = rig.wire.port("server", "192.0.2.9")
    challenger = Challenger("alice", once=once, qop=qop)
    server = StrictServer(port, rig.timers, [challenger])
    port.receiver = server
    peer = StrictPeer(server, record_routes=("<sip:192.0.2.9;lr>",))
    alice = rig.phone("alice", "192.0.2.1", registered("alice", "192.0.2.9"))
    if lossy:
        rig.wire.fault = drop_first
    ear = alice.call("1002", port.hop())
    heard: Heard = []
    for headers in (ON, OFF):
        alice.last.info(headers, lambda status, reason: heard.append((status, reason)))
        rig.timers.advance(10)
    assert [status for status, _ in heard] == [200, 200]
    assert peer.records() == ["on", "off"]
    alice.last.hold()
    rig.timers.advance(10)
    assert alice.last.held
    alice.last.hang_up()
    rig.timers.advance(120)
    assert ear.heard[-1] == "ended 200 us"
    # An ACK that was lost comes with the next 200; an INFO that was lost may be here first.
    late = ["an INFO before the ACK"] if lossy else []
    assert [complaint for complaint in server.all_complaints if complaint not in late] == []
    assert rig.at_rest()
