"""Leaving a call that is not answered yet, against a phone that is text: CANCEL, and whatever crosses it."""

from __future__ import annotations

import pytest

from phone_recorder.sip.call.call import CallState
from phone_recorder.sip.call.ground import CallPolicy
from tests.sip.foreign import CONTACT
from tests.sip.invite_bench import InviteBench as Bench


def test_hanging_up_before_any_answer_cancels_as_soon_as_one_came() -> None:
    bench = Bench()
    bench.call.hang_up()
    bench.advance()
    assert (bench.foreign.story(), bench.call.state) == (["INVITE"], CallState.CANCELLING)
    bench.foreign.answer(bench.invite, 100)
    bench.advance()
    cancel = bench.foreign.got("CANCEL")
    assert cancel.param_of_via("branch") == bench.invite.param_of_via("branch")
    bench.foreign.answer(cancel, 200)
    bench.foreign.answer(bench.invite, 487)
    bench.advance()
    assert bench.ear.since() == ["ended 487 us"]
    assert bench.rests()


@pytest.mark.parametrize("status", [100, 180])
def test_a_peer_that_never_answers_is_given_up_and_cancelled(status: int) -> None:
    bench = Bench(CallPolicy(session_s=0, answer_s=60))
    bench.foreign.answer(bench.invite, status, CONTACT, tag="f1" if status > 100 else "")
    bench.advance(59.8)
    assert bench.foreign.story() == ["INVITE"]
    bench.advance(0.2)
    assert bench.foreign.story() == ["CANCEL"]
    bench.advance(40)
    assert bench.ear.heard[-1] == "ended 408 network"
    assert bench.ear.ends[0].error("f").args[0] == "f does not answer (408 nobody has answered)"
    assert bench.rests()


def test_a_call_that_is_answered_may_last_longer_than_one_waits_for_an_answer() -> None:
    bench = Bench(CallPolicy(session_s=0, answer_s=60))
    bench.foreign.accept(bench.invite)
    bench.advance(1000)
    assert bench.call.state is CallState.ANSWERED


def test_hanging_up_while_it_rings_cancels() -> None:
    bench = Bench()
    bench.foreign.answer(bench.invite, 180)
    bench.advance()
    bench.call.hang_up()
    bench.advance()
    bench.foreign.answer(bench.foreign.got("CANCEL"), 200)
    bench.foreign.answer(bench.invite, 487)
    bench.advance()
    assert bench.ear.since() == ["ringing", "ended 487 us"]


def test_a_200_that_crosses_the_cancel_is_acknowledged_and_hung_up() -> None:
    bench = Bench()
    bench.foreign.answer(bench.invite, 180)
    bench.advance()
    bench.foreign.accept(bench.invite)
    bench.call.hang_up()
    bench.advance()
    assert bench.foreign.story() == ["INVITE", "CANCEL", "ACK", "BYE"]
    assert bench.ear.since() == ["ringing"]
    assert bench.rests()
    assert bench.ear.since() == ["ended 487 us"]


def test_a_peer_that_never_answers_the_cancel_is_given_up() -> None:
    bench = Bench()
    bench.foreign.answer(bench.invite, 180)
    bench.advance()
    bench.call.hang_up()
    bench.advance(40)
    assert bench.ear.since() == ["ringing", "ended 487 us"]
    assert bench.rests()


def test_a_bye_in_the_early_dialog_ends_it_and_a_late_200_is_hung_up() -> None:
    bench = Bench()
    bench.foreign.answer(bench.invite, 180, CONTACT)
    bench.advance()
    bench.foreign.join(bench.invite)
    bench.foreign.ask(bench.alice, "BYE", 1)
    bench.advance()
    assert bench.ear.since() == ["ringing", "ended 200 peer"]
    assert bench.foreign.story() == ["INVITE", "200 BYE", "CANCEL"]
    bench.foreign.accept(bench.invite)
    bench.advance()
    assert bench.foreign.story() == ["ACK", "BYE"]
    assert bench.rests()
