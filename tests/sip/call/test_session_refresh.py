"""Session timers in calls (RFC 4028): who refreshes, what is sent then, how a session ends that nobody refreshes."""

from __future__ import annotations

import pytest

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.call.call import CallState
from phone_recorder.sip.call.ground import CallPolicy
from tests.sip.call_bench import CallBench as Bench
from tests.sip.call_rig import Rig
from tests.sip.foreign import CONTACT, Foreign, sdp
from tests.sip.virtual_wire import drop_first


def test_we_refresh_with_the_description_as_it_was() -> None:
    bench = Bench("Session-Expires: 1000;refresher=uac", policy=CallPolicy(session_s=1000))
    first = bench.invite
    assert first.get("session-expires") == "1000"
    bench.advance(499)
    assert bench.foreign.story() == []
    bench.advance(1.1)
    again = bench.reinvite()
    assert (again.get("session-expires"), again.body) == ("1000;refresher=uac", first.body)
    bench.answer(200, CONTACT, "Session-Expires: 1000;refresher=uac", body=sdp())
    bench.foreign.story()
    bench.advance(499)
    assert bench.foreign.story() == []
    bench.advance(1.1)
    assert bench.foreign.story() == ["INVITE"]
    assert bench.ear.since() == []


def test_a_session_that_the_peer_does_not_refresh_is_hung_up() -> None:
    bench = Bench("Session-Expires: 1000;refresher=uas", policy=CallPolicy(session_s=1000))
    bench.advance(967)
    assert bench.foreign.story() == []
    bench.advance(1.1)
    assert bench.foreign.story() == ["BYE"]
    bench.advance(40)
    assert bench.ear.since() == ["ended 408 network"]


GRANTED = "Session-Expires: 1000;refresher=uac"
WANTED = "Require: timer"


def refreshing(*lines: str) -> Bench:
    """It is our turn, and the INVITE is there."""
    bench = Bench(GRANTED, *lines, policy=CallPolicy(session_s=1000))
    bench.advance(500.1)
    assert bench.foreign.got("INVITE")
    return bench


def invites(bench: Bench) -> list[tuple[int, str]]:
    """The CSeqs of all INVITEs since the last look."""
    heard, bench.foreign.heard = bench.foreign.heard, []
    return sorted({message.cseq for message in heard if message.method == "INVITE"})


def fail(bench: Bench, how: int) -> None:
    """0: the way there breaks."""
    if how:
        bench.answer(how)
        return
    bench.alice.agent.layer.broken(bench.foreign.port.hop(), SipUnreachable("broken"))
    bench.advance()


@pytest.mark.parametrize("how", [0, 408, 480, 491, 500, 503, 504])
def test_a_refresh_that_fails_is_tried_again_and_the_call_goes_on(how: int) -> None:
    bench = refreshing(WANTED)
    for _ in range(3):
        fail(bench, how)
        invites(bench)
        bench.advance(16.5)
    bench.answer(200, CONTACT, GRANTED, WANTED, body=sdp())
    bench.foreign.story()
    bench.advance(480)
    assert (bench.foreign.story(), bench.call.state, bench.ear.since()) == ([], CallState.ANSWERED, [])


@pytest.mark.parametrize("how", [0, 408, 491, 500, 503])
def test_it_is_tried_until_the_session_ends_and_not_too_often(how: int) -> None:
    bench = refreshing(WANTED)
    tries = set()
    while bench.call.state is CallState.ANSWERED:
        if bench.foreign.heard and bench.foreign.heard[-1].method == "INVITE":
            tries.add(bench.foreign.heard[-1].cseq)
            fail(bench, how)
        bench.advance(0.4)
    assert bench.rig.timers.now() == pytest.approx(968, abs=1)
    assert 15 < len(tries) < 35
    bench.advance(100)
    assert (bench.ear.since(), bench.rig.at_rest()) == (["ended 408 network"], True)


def test_a_peer_that_is_silent_for_a_while_does_not_lose_the_call() -> None:
    bench = refreshing(WANTED)
    bench.advance(100)
    bench.answer(200, CONTACT, GRANTED, WANTED, body=sdp())
    bench.advance(480)
    assert bench.call.state is CallState.ANSWERED


@pytest.mark.parametrize("status", [405, 501, 488])
@pytest.mark.parametrize("wanted", [True, False])
def test_a_peer_that_cannot_be_refreshed_is_hung_up_only_if_it_wanted_that_and_not_before_its_time(
    status: int, wanted: bool
) -> None:
    bench = refreshing(*([WANTED] if wanted else []))
    bench.answer(status)
    bench.foreign.story()
    bench.advance(467)
    assert (bench.foreign.story(), bench.call.state) == ([], CallState.ANSWERED)
    bench.advance(2)
    assert bench.foreign.story()[:1] == (["BYE"] if wanted else [])


def test_a_peer_that_cannot_be_refreshed_is_asked_again_lest_it_has_vanished() -> None:
    bench = refreshing()
    bench.answer(405)
    bench.advance(469)
    invites(bench)
    bench.advance(500)
    assert len(invites(bench)) == 1
    bench.advance(600)
    assert bench.ear.since() == ["ended 408 network"]


def test_a_hold_does_not_wait_for_a_refresh_that_fails_and_refreshes_too() -> None:
    bench = refreshing(WANTED)
    for _ in range(4):
        fail(bench, 503)
        invites(bench)
        bench.advance(16.5)
    fail(bench, 503)
    invites(bench)
    bench.call.hold()
    bench.advance()
    bench.answer(200, CONTACT, GRANTED, WANTED, body=sdp("a=recvonly"))
    assert bench.call.held
    invites(bench)
    bench.advance(498)
    assert invites(bench) == []


def test_a_hold_that_is_refused_does_not_take_the_refresh_with_it() -> None:
    bench = refreshing(WANTED)
    bench.call.hold()
    bench.answer(491)
    bench.advance(5)
    assert b"a=sendonly" in bench.reinvite().body
    bench.answer(488)
    assert b"a=sendrecv" in bench.reinvite().body
    bench.answer(200, CONTACT, GRANTED, WANTED, body=sdp())
    bench.advance(480)
    assert (bench.call.state, bench.call.held) == (CallState.ANSWERED, False)


def test_a_peer_that_knows_of_no_call_any_more_is_not_refreshed_again() -> None:
    bench = refreshing(WANTED)
    bench.answer(481)
    assert bench.foreign.story()[-1] == "BYE"


def test_a_refresh_that_is_too_brief_is_asked_for_again_at_once() -> None:
    bench = Bench("Supported: timer", "Session-Expires: 200;refresher=uas", incoming=True)
    bench.advance(101)
    bench.answer(422, "Min-SE: 400")
    again = bench.reinvite()
    assert (again.get("session-expires"), again.get("min-se")) == ("400;refresher=uac", "400")


def test_a_peer_without_timers_is_not_hung_up() -> None:
    bench = Bench(policy=CallPolicy(session_s=1000))
    bench.advance(5000)
    assert (bench.foreign.story(), bench.call.state) == ([], CallState.ANSWERED)


def test_two_of_ours_keep_a_session_alive_for_hours_and_through_loss() -> None:
    rig = Rig()
    alice, bob = rig.talking(CallPolicy(session_s=100))
    rig.wire.fault = drop_first
    alice.last.hold()
    rig.timers.advance(7200)
    assert rig.wire.story.count("alice>bob INVITE") > 140
    assert (alice.ear.heard, bob.ear.heard) == (["media PCMU inactive"], ["media PCMU recvonly"])
    rig.wire.unplug(bob.port)
    rig.timers.advance(200)
    assert alice.ear.heard[-1] == "ended 408 network"
    assert bob.ear.heard[-1] == "ended 408 network"
    rig.timers.advance(200)
    assert rig.at_rest()


def test_the_peer_asks_for_a_session_timer_and_keeps_it_alive() -> None:
    bench = Bench()
    timer = ("Supported: timer", "Session-Expires: 200;refresher=uac")
    bench.ask("INVITE", 1, *timer, body=sdp())
    answer = bench.foreign.got("200 INVITE")
    assert (answer.get("session-expires"), answer.get("require")) == ("200;refresher=uac", "timer")
    bench.ask("ACK", 1)
    for number in range(2, 12):
        bench.advance(130)
        assert bench.ask("UPDATE", number, *timer) == ["200 UPDATE"]
    assert bench.foreign.got("200 UPDATE").get("session-expires") == "200;refresher=uac"
    bench.foreign.story()
    bench.advance(170)
    assert bench.foreign.story()[-1] == "BYE"


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_a_session_timer_that_is_too_brief_is_refused(method: str) -> None:
    bench = Bench()
    assert bench.ask(method, 1, "Supported: timer", "Session-Expires: 10", body=sdp()) == [f"422 {method}"]
    assert bench.foreign.got(f"422 {method}").get("min-se") == "90"


def test_a_first_invite_with_a_session_timer_is_answered_with_it() -> None:
    rig = Rig()
    bob, foreign = rig.phone("bob", "192.0.2.2"), Foreign(rig)
    foreign.call(bob, "Supported: timer", "Session-Expires: 10")
    assert foreign.got("422 INVITE").get("min-se") == "90"
    foreign.theirs = foreign.target = ""
    foreign.ask(bob, "INVITE", 2, "Supported: timer", "Session-Expires: 100;refresher=uas", body=sdp())
    rig.timers.advance(0.1)
    bob.last.answer()
    rig.timers.advance(0.1)
    assert foreign.got("200 INVITE").get("session-expires") == "100;refresher=uas"
    foreign.theirs = foreign.got("200 INVITE").param("to", "tag")
    foreign.ask(bob, "ACK", 2)
    rig.timers.advance(50)
    assert foreign.got("INVITE").get("session-expires") == "100;refresher=uac"
