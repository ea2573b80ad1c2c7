"""Two phones of ours call each other, over a wire that loses, doubles and reorders, and hang up whenever they like."""

from __future__ import annotations

import pytest

from phone_recorder.sip.account import Account
from phone_recorder.sip.call.call import CallState
from tests.sip.call_rig import Ear, Phone, Rig
from tests.sip.virtual_wire import Fault, clean, drop_first, reordered, silent, spoilt_first, twice

FAULTS = [clean, drop_first, twice, reordered, spoilt_first]
faulty = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)


def rig_with(fault: Fault) -> tuple[Rig, Phone, Phone]:
    rig = Rig()
    rig.wire.fault = fault
    return rig, *rig.pair()


@faulty
def test_a_whole_call_with_hold_and_info_is_the_same_over_any_wire(fault: Fault) -> None:
    rig, alice, bob = rig_with(fault)
    ear = alice.call(bob)
    rig.timers.advance(5)
    bob.last.answer()
    rig.timers.advance(10)
    assert ear.since() == bob.ear.since() == ["ringing", "media PCMU sendrecv", "answered"]
    for phone, other in ((alice, bob), (bob, alice)):
        phone.last.hold()
        rig.timers.advance(10)
        assert (phone.last.held, other.peer_holds) == (True, True)
        phone.last.resume()
        rig.timers.advance(10)
        assert (phone.last.held, other.peer_holds) == (False, False)
    assert ear.since() == ["media PCMU inactive", "media PCMU sendrecv", "media PCMU recvonly", "media PCMU sendrecv"]
    statuses: list[int] = []
    for phone in (alice, bob):
        phone.last.info((("Record", "on"),), lambda status, reason: statuses.append(status))
        rig.timers.advance(10)
    assert statuses == [200, 200]
    bob.last.hang_up()
    rig.timers.advance(100)
    assert (ear.since(), bob.ear.heard[-1]) == (["ended 200 peer"], "ended 200 us")
    assert rig.at_rest()


@faulty
@pytest.mark.parametrize("who", ["alice", "bob", "both"])
@pytest.mark.parametrize("when_ms", [0, 5, 10, 15, 20, 25, 100, 1000, 1005, 1010, 1015, 1020, 1030, 1600, 2000, 2010])
def test_hanging_up_at_any_moment_ends_the_call_for_both_and_leaves_nothing(
    fault: Fault, who: str, when_ms: int
) -> None:
    rig, alice, bob = rig_with(fault)
    ear = alice.call(bob)
    rig.timers.call_later(1, lambda: bob.calls[0].answer() if bob.calls else None)
    rig.timers.call_later(2, alice.last.hold)
    rig.timers.advance(when_ms / 1000)
    leaving = [call for phone in (alice, bob) if who in (phone.port.name, "both") for call in phone.calls]
    for call in leaving or alice.calls:
        call.hang_up()
    rig.timers.advance(150)
    ended_once(ear, *bob.ears)
    assert rig.at_rest()


def ended_once(*ears: Ear) -> None:
    for ear in ears:
        assert len(ear.ends) == 1
        assert ear.heard[-1].startswith("ended")


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_a_peer_that_has_vanished_does_not_keep_us_from_hanging_up(who: str) -> None:
    rig = Rig()
    alice, bob = rig.talking()
    rig.wire.fault = silent
    phone = alice if who == "alice" else bob
    phone.last.hang_up()
    assert phone.last.state is CallState.ENDING
    rig.timers.advance(33)
    assert phone.ear.heard[-1] == "ended 200 us"


def test_hanging_up_twice_is_hanging_up_once() -> None:
    rig = Rig()
    alice, bob = rig.talking()
    for _ in range(3):
        alice.last.hang_up()
    rig.timers.advance(100)
    alice.last.hang_up()
    alice.last.answer()
    alice.last.hold()
    rig.timers.advance(10)
    assert rig.wire.story == ["alice>bob BYE", "bob>alice 200 BYE"]
    assert len(alice.ear.ends) == len(bob.ear.ends) == 1


def test_both_hang_up_at_once() -> None:
    rig = Rig()
    alice, bob = rig.talking()
    alice.last.hang_up()
    bob.last.hang_up()
    rig.timers.advance(100)
    assert (alice.ear.heard, bob.ear.heard) == (["ended 200 us"], ["ended 200 us"])
    assert rig.at_rest()


def test_answering_what_we_call_ourselves_does_nothing() -> None:
    rig, alice, bob = rig_with(clean)
    alice.call(bob)
    alice.last.answer()
    rig.timers.advance(1)
    assert (alice.last.state, bob.last.state) == (CallState.RINGING, CallState.OFFERED)


@pytest.mark.parametrize("name", ['An "A" \\ <b>', "大堂", "a, b; c", "x"])
def test_a_name_arrives_as_it_is(name: str) -> None:
    rig = Rig()
    alice = rig.phone("alice", "192.0.2.1", Account(user="a%b 1", display_name=name, host="192.0.2.1"))
    bob = rig.phone("bob", "192.0.2.2")
    alice.call(bob)
    rig.timers.advance(1)
    assert (bob.last.remote_name, bob.last.remote_number) == (name, "a%b 1")
    bob.last.answer()
    rig.timers.advance(1)
    bob.last.hang_up()
    rig.timers.advance(1)
    assert alice.ear.heard[-1] == "ended 200 peer"


def test_over_tcp_the_contact_says_so_and_all_goes_there() -> None:
    rig, alice, bob = rig_with(silent)
    ear = alice.call(bob, transport="TCP")
    rig.timers.advance(1)
    bob.last.answer()
    rig.timers.advance(1)
    bob.last.hold()
    rig.timers.advance(1)
    bob.last.hang_up()
    rig.timers.advance(1)
    assert ear.heard[-1] == "ended 200 peer"
    assert b"Contact: <sip:alice@192.0.2.1:5060;transport=tcp>" in rig.wire.sent("alice", "INVITE")[0]
    assert rig.wire.story.count("alice>bob INVITE") == 1
    rig.timers.advance(100)
    assert rig.at_rest()


def test_a_connection_that_breaks_does_not_end_the_call() -> None:
    rig, alice, bob = rig_with(clean)
    alice.call(bob, transport="TCP")
    rig.timers.advance(1)
    bob.last.answer()
    rig.timers.advance(1)
    rig.wire.break_connection(alice.port, bob.port.hop("TCP"))
    rig.timers.advance(1)
    assert alice.last.state is CallState.ANSWERED
    alice.last.hang_up()
    rig.timers.advance(1)
    assert bob.ear.heard[-1] == "ended 200 peer"
