"""What a foreign phone changes in a call: hold, other codecs, late offers, UPDATE, and all of it out of turn."""

from __future__ import annotations

import pytest

from phone_recorder.sip.call.call import CallState
from tests.sip.call_bench import CallBench as Bench
from tests.sip.call_rig import Rig
from tests.sip.foreign import Foreign, sdp

HOLDS = {
    "sendonly": (sdp("a=sendonly", version=2), "media PCMA recvonly", b"a=recvonly"),
    "inactive": (sdp("a=inactive", version=2), "media PCMA inactive", b"a=inactive"),
    "0.0.0.0": (sdp(host="0.0.0.0", version=2), "media PCMA recvonly", b"a=recvonly"),
}


@pytest.mark.parametrize(("offer", "heard", "answer"), HOLDS.values(), ids=HOLDS.keys())
def test_the_peer_holds_and_takes_back(offer: bytes, heard: str, answer: bytes) -> None:
    bench = Bench()
    assert bench.ask("INVITE", 1, body=offer) == ["200 INVITE"]
    assert answer in bench.foreign.got("200 INVITE").body
    assert (bench.ear.since(), bench.alice.peer_holds, bench.call.held) == ([heard], True, False)
    bench.ask("ACK", 1)
    assert bench.ask("INVITE", 2, body=sdp(version=3)) == ["200 INVITE"]
    assert (bench.ear.since(), bench.alice.peer_holds) == (["media PCMA sendrecv"], False)


def test_a_reinvite_moves_audio_and_dialog_and_changes_the_codec() -> None:
    bench = Bench()
    moved = Foreign(bench.rig, "192.0.2.77", "moved")
    bench.ask("INVITE", 1, "Contact: <sip:f@192.0.2.77>", body=sdp(port=31000, host="192.0.2.77", codecs="9"))
    bench.ask("ACK", 1)
    assert bench.ear.since() == ["media G722 sendrecv"]
    assert bench.call.plan and bench.call.plan.remote == ("192.0.2.77", 31000)
    bench.foreign.story()
    bench.call.hang_up()
    bench.advance()
    assert (moved.story(), bench.foreign.story()) == (["BYE"], [])


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
@pytest.mark.parametrize("body", [sdp(codecs="18"), b"v=1"])
def test_an_offer_that_cannot_be_taken_leaves_all_as_it_was(method: str, body: bytes) -> None:
    bench = Bench()
    plan = bench.call.plan
    assert bench.ask(method, 1, "Contact: <sip:f@192.0.2.77>", body=body) == [f"488 {method}"]
    assert (bench.call.plan, bench.call.state, bench.ear.since()) == (plan, CallState.ANSWERED, [])
    bench.call.info((), lambda status, reason: None)
    bench.advance()
    assert bench.foreign.got("INFO").uri == "sip:f@192.0.2.9:5060"


def test_a_reinvite_without_an_offer_gets_ours_and_the_ack_answers_it() -> None:
    bench = Bench()
    bench.ask("INVITE", 1)
    offer = bench.foreign.got("200 INVITE").body
    # What is spoken comes first; numbers keep their meaning (RFC 3264 section 8.3.2).
    assert b"m=audio 40000 RTP/AVP 8 " in offer
    assert bench.ear.since() == []
    bench.ask("ACK", 1, body=sdp(codecs="0"))
    assert bench.ear.since() == ["media PCMU sendrecv"]
    assert bench.ask("INVITE", 2, body=sdp()) == ["200 INVITE"]


@pytest.mark.parametrize("body", [b"", sdp(codecs="18")])
def test_a_late_answer_that_cannot_be_used_leaves_all_as_it_was(body: bytes) -> None:
    bench = Bench()
    bench.ask("INVITE", 1)
    bench.ask("ACK", 1, body=body)
    assert (bench.ear.since(), bench.call.state) == ([], CallState.ANSWERED)


def test_while_our_late_offer_is_open_theirs_is_refused_and_ours_waits() -> None:
    bench = Bench()
    bench.ask("INVITE", 1)
    assert bench.ask("INVITE", 2, body=sdp()) == ["491 INVITE"]
    assert bench.ask("UPDATE", 3, body=sdp()) == ["491 UPDATE"]
    bench.call.hold()
    bench.advance()
    assert "INVITE" not in bench.foreign.story()
    bench.ask("ACK", 1, body=sdp())
    assert b"a=sendonly" in bench.foreign.got("INVITE").body


def test_while_our_offer_is_open_theirs_is_refused() -> None:
    bench = Bench()
    bench.call.hold()
    bench.advance()
    assert bench.ask("INVITE", 1, body=sdp()) == ["491 INVITE"]
    assert bench.ask("UPDATE", 2, body=sdp()) == ["491 UPDATE"]
    assert bench.ask("UPDATE", 3) == ["200 UPDATE"]


def test_while_we_hold_their_offer_is_answered_with_a_hold() -> None:
    bench = Bench()
    bench.call.hold()
    bench.advance()
    bench.foreign.accept(bench.foreign.got("INVITE"), body=sdp("a=recvonly"))
    bench.advance()
    bench.ask("INVITE", 1, body=sdp(port=30100))
    assert b"a=sendonly" in bench.foreign.got("200 INVITE").body
    assert bench.call.held


def test_a_200_to_a_reinvite_is_repeated_until_its_ack_and_then_hung_up() -> None:
    bench = Bench()
    bench.ask("INVITE", 1, body=sdp(port=30100))
    assert bench.ear.since() == ["media PCMA sendrecv"]
    bench.advance(33)
    story = bench.foreign.story()
    assert (story.count("200 INVITE"), story[-1]) == (11, "BYE")
    bench.advance(100)
    assert (bench.ear.since(), bench.rig.at_rest()) == (["ended 408 network"], True)


def test_a_bye_while_a_reinvite_waits_for_its_ack_ends_all() -> None:
    bench = Bench()
    bench.ask("INVITE", 1, body=sdp())
    assert bench.ask("BYE", 2) == ["200 BYE"]
    bench.foreign.story()
    bench.advance(120)
    assert (bench.foreign.story(), bench.rig.at_rest()) == ([], True)


def test_a_reinvite_before_the_first_ack_is_answered_too() -> None:
    rig = Rig()
    bob, foreign = rig.phone("bob", "192.0.2.2"), Foreign(rig)
    foreign.call(bob)
    bob.last.answer()
    rig.timers.advance(0.1)
    foreign.ask(bob, "INVITE", 2, body=sdp(port=30100))
    rig.timers.advance(0.1)
    for number in (2, 1):
        foreign.ask(bob, "ACK", number)
    rig.timers.advance(0.1)
    foreign.story()
    rig.timers.advance(60)
    assert (foreign.story(), bob.last.state) == ([], CallState.ANSWERED)
    assert bob.last.plan and bob.last.plan.remote == ("192.0.2.9", 30100)


@pytest.mark.parametrize(("method", "answer"), [("INVITE", "500 INVITE"), ("UPDATE", "500 UPDATE")])
def test_a_second_offer_before_the_first_is_answered_is_put_off(method: str, answer: str) -> None:
    rig = Rig()
    bob, foreign = rig.phone("bob", "192.0.2.2"), Foreign(rig)
    foreign.call(bob)
    foreign.ask(bob, method, 2, body=sdp())
    rig.timers.advance(0.1)
    assert foreign.got(answer).get("retry-after") == "5"
    assert bob.last.state is CallState.OFFERED


def test_an_update_changes_the_call_at_once() -> None:
    bench = Bench()
    assert bench.ask("UPDATE", 1, body=sdp("a=sendonly")) == ["200 UPDATE"]
    assert bench.ear.since() == ["media PCMA recvonly"]
    assert bench.foreign.got("200 UPDATE").get("contact") == "<sip:alice@192.0.2.1:5060>"


def test_an_update_without_a_description_refreshes_the_target_alone() -> None:
    bench = Bench()
    moved = Foreign(bench.rig, "192.0.2.77", "moved")
    bench.ask("UPDATE", 1, "Contact: <sip:f@192.0.2.77>")
    assert (bench.foreign.got("200 UPDATE").body, bench.ear.since()) == (b"", [])
    bench.call.hang_up()
    bench.advance()
    assert moved.story() == ["BYE"]


def test_in_an_early_dialog_an_update_without_an_offer_is_fine_and_one_with_it_is_not() -> None:
    bench = Bench(early=True)
    assert bench.ask("UPDATE", 1) == ["200 UPDATE"]
    assert bench.ask("UPDATE", 2, body=sdp()) == ["491 UPDATE"]
    assert bench.ask("INFO", 3) == ["200 INFO"]
    assert bench.ask("OPTIONS", 4) == ["200 OPTIONS"]
    assert bench.ask("INVITE", 5, body=sdp()) == ["491 INVITE"]
