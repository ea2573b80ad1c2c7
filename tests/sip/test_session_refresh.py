"""Session timers in calls (RFC 4028): who refreshes, what is sent then, how a session ends that nobody refreshes."""

from __future__ import annotations

import pytest

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


def test_a_refused_refresh_lets_the_session_end_in_its_time() -> None:
    bench = Bench("Session-Expires: 1000;refresher=uac", policy=CallPolicy(session_s=1000))
    bench.advance(500.1)
    bench.answer(500)
    assert bench.call.state is CallState.ANSWERED
    bench.advance(470)
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
