"""Leaving a call that is not answered yet, against a phone that is text: CANCEL, and whatever crosses it."""

from __future__ import annotations

import pytest

from phone_recorder.sip.call.call import CallState
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


@pytest.mark.parametrize("hang_up", ["hang_up", "reject"])
def test_hanging_up_while_it_rings_cancels(hang_up: str) -> None:
    bench = Bench()
    bench.foreign.answer(bench.invite, 180)
    bench.advance()
    getattr(bench.call, hang_up)()
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
