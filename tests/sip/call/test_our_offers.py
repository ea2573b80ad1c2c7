"""Holding and taking back: our re-INVITEs, and what becomes of them when they collide or are refused."""

from __future__ import annotations

import pytest

from phone_recorder.sip.call.call import CallState
from tests.sip.call_bench import CallBench as Bench
from tests.sip.call_rig import Rig
from tests.sip.foreign import CONTACT, Foreign, sdp

RECVONLY = sdp("a=recvonly")


def test_holding_offers_sendonly_and_counts_when_it_is_agreed() -> None:
    bench = Bench()
    bench.call.hold()
    bench.advance()
    again = bench.reinvite()
    assert (again.get("cseq"), again.uri, b"a=sendonly" in again.body) == ("2 INVITE", "sip:f@192.0.2.9:5060", True)
    assert not bench.call.held
    bench.answer(200, CONTACT, body=RECVONLY)
    assert bench.call.held
    assert bench.foreign.got("ACK").get("cseq") == "2 ACK"
    assert bench.ear.since() == ["media PCMA inactive"]
    bench.call.resume()
    bench.advance()
    assert b"a=sendrecv" in bench.reinvite().body
    bench.answer(200, CONTACT, body=sdp())
    assert (bench.call.held, bench.ear.since()) == (False, ["media PCMA sendrecv"])


def test_each_changed_description_has_the_next_version() -> None:
    bench = Bench()
    bench.call.hold()
    bench.advance()
    before, after = bench.invite.body.split(b"\r\n")[1], bench.reinvite().body.split(b"\r\n")[1]
    assert before.split()[1] == after.split()[1]
    assert int(after.split()[2]) == int(before.split()[2]) + 1


def test_holding_twice_asks_once_and_a_change_of_mind_is_asked_for_next() -> None:
    bench = Bench()
    bench.call.hold()
    bench.call.hold()
    bench.call.resume()
    bench.advance()
    bench.answer(200, CONTACT, body=RECVONLY)
    assert b"a=sendrecv" in bench.reinvite().body
    bench.answer(200, CONTACT, body=sdp())
    assert (bench.foreign.story(), bench.call.held) == (["INVITE", "ACK", "INVITE", "ACK"], False)


def test_a_call_that_is_not_answered_yet_is_held_as_soon_as_it_is() -> None:
    rig = Rig()
    alice, bob = rig.pair()
    alice.call(bob)
    alice.last.hold()
    rig.timers.advance(1)
    bob.last.answer()
    rig.timers.advance(1)
    assert (alice.last.held, bob.peer_holds, alice.peer_holds) == (True, True, False)
    assert bob.ear.heard[-1] == "media PCMU recvonly"


@pytest.mark.parametrize("status", [488, 403, 500, 606])
def test_a_refused_hold_leaves_the_call_as_it_was(status: int) -> None:
    bench = Bench()
    bench.call.hold()
    bench.advance()
    bench.answer(status)
    bench.advance(100)
    assert (bench.call.held, bench.call.state, bench.ear.since()) == (False, CallState.ANSWERED, [])
    assert bench.foreign.story() == ["INVITE", "ACK"]
    bench.call.hold()
    bench.advance()
    bench.answer(200, CONTACT, body=RECVONLY)
    assert bench.call.held


@pytest.mark.parametrize("status", [481, 408])
def test_a_peer_that_knows_of_no_call_is_hung_up(status: int) -> None:
    bench = Bench()
    bench.call.hold()
    bench.advance()
    bench.answer(status)
    assert bench.foreign.story() == ["INVITE", "ACK", "BYE"]
    bench.advance(40)
    assert bench.ear.since() == [f"ended {status} peer"]
    bench.advance(100)
    assert bench.rig.at_rest()


def test_a_peer_that_does_not_answer_is_hung_up() -> None:
    bench = Bench()
    bench.call.hold()
    bench.advance(33)
    assert bench.foreign.story()[-1] == "BYE"
    bench.advance(100)
    assert (bench.ear.since(), bench.rig.at_rest()) == (["ended 408 network"], True)


@pytest.mark.parametrize(("incoming", "least", "most"), [(False, 2.1, 4.0), (True, 0.0, 2.0)])
@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_a_collision_is_tried_again_by_the_caller_later_than_by_the_callee(
    incoming: bool, least: float, most: float, chance: float
) -> None:
    bench = Bench(incoming=incoming)
    bench.alice.chances = iter([chance])
    bench.call.hold()
    bench.advance()
    at = bench.rig.timers.now()
    bench.answer(491)
    bench.foreign.story()
    bench.advance(10)
    copies = [p.at for p in bench.rig.wire.log if p.source == "alice" and p.at > at and b"INVITE sip" in p.data[:12]]
    assert copies[0] - at == pytest.approx(least + chance * (most - least) + 0.01, abs=0.02)
    bench.answer(200, CONTACT, body=RECVONLY)
    assert bench.call.held


def test_a_peer_who_is_busy_with_his_own_is_asked_again_when_he_says() -> None:
    bench = Bench()
    bench.call.hold()
    bench.advance()
    bench.answer(500, "Retry-After: 3 (soon)")
    bench.advance(2.7)
    assert bench.foreign.story() == ["INVITE", "ACK"]
    bench.advance(0.4)
    assert bench.foreign.story() == ["INVITE"]


def test_collisions_for_ever_are_given_up() -> None:
    bench = Bench()
    bench.call.hold()
    asked = set()
    for _ in range(200):
        bench.advance(0.4)
        if bench.foreign.heard and bench.foreign.heard[-1].method == "INVITE":
            asked.add(bench.reinvite().cseq)
            bench.answer(491)
    assert len(asked) == 9
    assert (bench.call.held, bench.call.state) == (False, CallState.ANSWERED)


def test_each_copy_of_the_200_is_acknowledged_by_the_same_ack() -> None:
    bench = Bench()
    bench.call.hold()
    bench.advance()
    for _ in range(3):
        bench.answer(200, CONTACT, body=RECVONLY)
    assert len({bytes(m) for m in bench.foreign.heard if m.method == "ACK"}) == 1
    assert bench.foreign.story() == ["INVITE", "ACK", "ACK", "ACK"]


def test_a_contact_in_the_200_moves_the_dialog_before_the_ack() -> None:
    bench = Bench()
    moved = Foreign(bench.rig, "192.0.2.77", "moved")
    bench.call.hold()
    bench.advance()
    bench.answer(200, "Contact: <sip:f@192.0.2.77>", body=RECVONLY)
    assert (moved.story(), bench.foreign.story()) == (["ACK"], ["INVITE"])


@pytest.mark.parametrize("body", [b"", b"rubbish", sdp(codecs="18")])
def test_a_200_with_an_answer_that_cannot_be_used_ends_the_call(body: bytes) -> None:
    bench = Bench()
    bench.call.hold()
    bench.advance()
    bench.answer(200, CONTACT, body=body)
    assert bench.foreign.story() == ["INVITE", "ACK", "BYE"]


@pytest.mark.parametrize("who", ["we", "they"])
def test_a_call_that_ends_meanwhile_leaves_no_invite_waiting(who: str) -> None:
    bench = Bench()
    bench.call.hold()
    bench.advance()
    bench.foreign.answer(bench.reinvite(), 100, tag="")
    bench.advance()
    if who == "we":
        bench.call.hang_up()
        bench.advance()
        assert bench.foreign.story() == ["INVITE", "CANCEL", "BYE"]
    else:
        bench.foreign.ask(bench.alice, "BYE", 1)
        bench.advance()
        assert bench.foreign.story() == ["INVITE", "200 BYE", "CANCEL"]
    bench.advance(120)
    assert bench.rig.at_rest()


def test_a_200_that_comes_after_the_end_is_acknowledged_all_the_same() -> None:
    bench = Bench()
    bench.call.hold()
    bench.advance()
    invite = bench.reinvite()
    bench.foreign.ask(bench.alice, "BYE", 1)
    bench.advance()
    assert bench.ear.since() == ["ended 200 peer"]
    bench.foreign.story()
    bench.foreign.answer(invite, 200, CONTACT, body=RECVONLY)
    bench.advance()
    assert bench.foreign.story() == ["ACK"]


def test_both_hold_at_once_and_both_get_through() -> None:
    rig = Rig()
    alice, bob = rig.talking()
    alice.last.hold()
    bob.last.hold()
    rig.timers.advance(1)
    assert rig.wire.story.count("bob>alice 491 INVITE") == rig.wire.story.count("alice>bob 491 INVITE") == 1
    rig.timers.advance(10)
    assert (alice.last.held, bob.last.held, alice.peer_holds, bob.peer_holds) == (True,) * 4
    for phone in (alice, bob):
        phone.last.resume()
        rig.timers.advance(10)
    assert alice.last.plan and bob.last.plan
    assert (alice.last.plan.sends, alice.last.plan.receives, bob.last.plan.sends, bob.last.plan.receives) == (True,) * 4
