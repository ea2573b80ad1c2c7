"""A call that comes, from a phone that is text: ringing, late offers, CANCEL, 200 until ACK, BYE in each state."""

from __future__ import annotations

import pytest

from phone_recorder.sip.call.call import Call, CallListener, CallState
from phone_recorder.sip.call.ground import CallPolicy
from tests.sip.call_rig import Ear, Rig
from tests.sip.foreign import Foreign, sdp


class Bench:
    """A foreign phone has called bob; his call rings, if it came to that."""

    def __init__(self, *lines: str, body: bytes | None = None, policy: CallPolicy | None = None) -> None:
        self.rig = Rig()
        self.bob = self.rig.phone("bob", "192.0.2.2", policy=policy or CallPolicy(session_s=0))
        self.foreign = Foreign(self.rig)
        self.foreign.call(self.bob, *lines, body=body)

    @property
    def ear(self) -> Ear:
        return self.bob.ear

    def advance(self, seconds: float = 0.1) -> None:
        self.rig.timers.advance(seconds)

    def ask(self, method: str, number: int, *lines: str, body: bytes = b"", branch: str = "") -> None:
        self.foreign.ask(self.bob, method, number, *lines, body=body, branch=branch)
        self.advance()

    def rests(self) -> bool:
        self.advance(120)
        return self.rig.at_rest()


def answered() -> Bench:
    made = Bench()
    made.bob.last.answer()
    made.advance()
    return made


def test_it_rings_is_answered_and_stands_when_the_ack_is_here() -> None:
    bench = Bench()
    assert (bench.foreign.story(), bench.ear.since()) == (["180 INVITE"], ["ringing"])
    assert bench.bob.last.incoming
    assert (bench.bob.last.remote_name, bench.bob.last.remote_number) == ("Foreign", "f")
    bench.bob.last.answer()
    bench.advance()
    assert (bench.foreign.got("200 INVITE").get("contact"), bench.ear.since()) == (
        "<sip:bob@192.0.2.2:5060>",
        ["media PCMA sendrecv"],
    )
    bench.ask("ACK", 1)
    assert (bench.ear.since(), bench.bob.last.state) == (["answered"], CallState.ANSWERED)


def test_a_phone_may_answer_as_soon_as_it_rings() -> None:
    rig = Rig()
    alice, bob = rig.pair()
    taken = bob.agent.on_call

    def at_once(call: Call) -> CallListener | None:
        listener = taken(call)
        bob.ear.then["ringing"] = call.answer
        return listener

    bob.agent.on_call = at_once
    alice.call(bob)
    rig.timers.advance(1)
    assert alice.ear.heard == ["ringing", "media PCMU sendrecv", "answered"]


def test_without_an_ack_the_200_is_repeated_and_then_hung_up() -> None:
    bench = answered()
    bench.advance(33)
    assert bench.foreign.story().count("200 INVITE") == 11
    assert (bench.ear.heard[-1], bench.bob.last.state) == ("media PCMA sendrecv", CallState.ENDING)
    assert bench.rests()
    assert bench.ear.heard[-1] == "ended 408 network"


def test_an_ack_ends_the_repetition_and_another_changes_nothing() -> None:
    bench = answered()
    bench.advance(1)
    bench.foreign.story()
    for _ in range(2):
        bench.ask("ACK", 1)
    bench.advance(40)
    assert bench.foreign.story() == []
    assert bench.ear.heard.count("answered") == 1


@pytest.mark.parametrize("number", [2, 7])
def test_the_ack_of_something_else_is_none(number: int) -> None:
    bench = answered()
    bench.ask("ACK", number)
    assert bench.bob.last.state is CallState.ACCEPTED


def test_the_ack_of_somebody_else_is_none() -> None:
    bench = answered()
    bench.foreign.tag = "other"
    bench.ask("ACK", 1)
    assert bench.bob.last.state is CallState.ACCEPTED


def test_an_invite_without_an_offer_gets_ours_and_its_ack_has_the_answer() -> None:
    bench = Bench(body=b"")
    bench.bob.last.answer()
    bench.advance()
    assert b"m=audio 40000 RTP/AVP 0 8 9 101" in bench.foreign.got("200 INVITE").body
    assert bench.ear.since() == ["ringing"]
    bench.ask("ACK", 1, body=sdp(codecs="9"))
    assert bench.ear.since() == ["media G722 sendrecv", "answered"]


@pytest.mark.parametrize("body", [b"", sdp(codecs="18"), b"nonsense"])
def test_an_ack_without_an_answer_that_can_be_used_is_hung_up(body: bytes) -> None:
    bench = Bench(body=b"")
    bench.bob.last.answer()
    bench.advance()
    bench.foreign.story()
    bench.ask("ACK", 1, body=body)
    assert bench.foreign.story() == ["BYE"]
    assert bench.rests()
    assert bench.ear.since() == ["ringing", "ended 488 us"]


@pytest.mark.parametrize("body", [sdp(codecs="18"), b"v=7\r\n", sdp(host="ff02::1")])
def test_an_offer_that_cannot_be_taken_never_rings(body: bytes) -> None:
    bench = Bench(body=body)
    assert (bench.foreign.story(), bench.ear.since()) == (["488 INVITE"], ["ended 488 us"])
    bench.ask("ACK", 1, branch="invite")
    assert bench.rests()


def test_hanging_up_while_it_rings_refuses_it_and_does_not_say_busy() -> None:
    bench = Bench()
    bench.bob.last.hang_up()
    bench.advance()
    assert bench.foreign.story() == ["180 INVITE", "480 INVITE"]
    assert bench.ear.since() == ["ringing", "ended 480 us"]
    bench.ask("ACK", 1, branch="invite")
    assert bench.rests()


def test_a_cancel_ends_it_with_487() -> None:
    bench = Bench()
    bench.ask("CANCEL", 1, branch="invite")
    assert bench.foreign.story() == ["180 INVITE", "200 CANCEL", "487 INVITE"]
    assert bench.ear.since() == ["ringing", "ended 487 peer"]
    bench.ask("ACK", 1, branch="invite")
    assert bench.rests()


def test_a_cancel_after_the_answer_changes_nothing() -> None:
    bench = answered()
    bench.ask("CANCEL", 1, branch="invite")
    assert bench.foreign.story() == ["180 INVITE", "200 INVITE", "200 CANCEL"]
    bench.ask("ACK", 1)
    assert bench.ear.since() == ["ringing", "media PCMA sendrecv", "answered"]


def test_a_bye_while_it_rings_ends_it() -> None:
    bench = Bench()
    bench.ask("BYE", 2)
    assert bench.foreign.story() == ["180 INVITE", "200 BYE", "487 INVITE"]
    assert bench.ear.since() == ["ringing", "ended 200 peer"]


def test_a_bye_instead_of_the_ack_ends_it() -> None:
    bench = answered()
    bench.ask("BYE", 2)
    assert bench.ear.since() == ["ringing", "media PCMA sendrecv", "ended 200 peer"]
    bench.foreign.story()
    bench.advance(40)
    assert bench.foreign.story() == []
    assert bench.rests()


def test_hanging_up_before_the_ack_waits_for_it() -> None:
    bench = answered()
    bench.bob.last.hang_up()
    bench.advance()
    assert (bench.foreign.story(), bench.bob.last.state) == (["180 INVITE", "200 INVITE"], CallState.LEAVING)
    bench.ask("ACK", 1)
    assert bench.foreign.got("BYE").get("cseq") == "1 BYE"
    assert "answered" not in bench.ear.heard
    bench.foreign.answer(bench.foreign.got("BYE"), 200)
    bench.advance()
    assert bench.ear.heard[-1] == "ended 200 us"
    assert bench.rests()


def test_hanging_up_without_an_ack_ever_says_bye_in_the_end() -> None:
    bench = answered()
    bench.bob.last.hang_up()
    bench.advance(33)
    assert bench.foreign.story()[-1] == "BYE"
    assert bench.rests()
    assert bench.ear.heard[-1] == "ended 200 us"


def test_nobody_answers_and_180_is_repeated_meanwhile() -> None:
    bench = Bench()
    bench.advance(180)
    assert bench.foreign.story() == ["180 INVITE"] * 3 + ["480 INVITE"]
    assert bench.ear.since() == ["ringing", "ended 480 us"]


def test_a_caller_who_waits_no_longer_than_so_is_not_kept_waiting() -> None:
    bench = Bench("Expires: 20")
    bench.advance(21)
    assert "487 INVITE" in bench.foreign.story()
    assert bench.ear.since() == ["ringing", "ended 487 us"]


def test_a_caller_without_a_contact_is_asked_where_his_name_says() -> None:
    bench = Bench("Contact: *")
    bench.bob.last.answer()
    bench.advance()
    bench.ask("ACK", 1)
    bench.bob.last.hang_up()
    bench.advance()
    assert bench.foreign.got("BYE").uri == "sip:f@192.0.2.9"


def test_the_routes_of_the_invite_are_kept_in_order_and_sent_back() -> None:
    routes = ("Record-Route: <sip:192.0.2.30;lr>", "Record-Route: <sip:192.0.2.9;lr>")
    bench = Bench(*routes)
    proxy = Foreign(bench.rig, "192.0.2.30", "proxy")
    bench.bob.last.answer()
    bench.advance()
    assert bench.foreign.got("200 INVITE").all("record-route") == ["<sip:192.0.2.30;lr>", "<sip:192.0.2.9;lr>"]
    bench.ask("ACK", 1)
    bench.bob.last.hang_up()
    bench.advance()
    assert proxy.got("BYE").all("route") == ["<sip:192.0.2.30;lr>", "<sip:192.0.2.9;lr>"]
    assert proxy.got("BYE").uri == "sip:f@192.0.2.9:5060"
