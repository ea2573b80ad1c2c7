"""What the recordings of one call ask their server, on a call that the test answers by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from phone_recorder.phone.info_link import CallInfo, CallInfoLink, Headers
from phone_recorder.recording.sip_info_destination import InfoAnswer, InfoLink
from phone_recorder.settings.record import SipInfoSettings

ON, OFF = (("Record", "on"),), (("Record", "off"),)


class Call:
    """Notes each INFO; answers when the test says so."""

    def __init__(self, settings: SipInfoSettings | None = None) -> None:
        self.sent: list[Headers] = []
        self.pending: list[Callable[[int, str], None]] = []
        self.at_once: tuple[int, str] | None = None
        self.info = CallInfo(self._send, settings or SipInfoSettings())

    def _send(self, headers: Headers, done: Callable[[int, str], None]) -> None:
        self.sent.append(headers)
        if self.at_once:
            done(*self.at_once)
        else:
            self.pending.append(done)

    def answer(self, status: int = 200, reason: str = "OK", number: int = 0) -> None:
        """To the oldest that waits, or to another."""
        self.pending.pop(number)(status, reason)

    def asking(self) -> CallInfoLink:
        """A recording that has asked for its start."""
        link = self.info.link()
        link.ask_on()
        return link

    def running(self) -> CallInfoLink:
        link = self.asking()
        self.answer()
        return link


@pytest.fixture
def call() -> Call:
    return Call()


def test_one_info_to_start_and_one_to_stop(call: Call) -> None:
    link: InfoLink = call.info.link()
    assert (link.answer(), link.live, call.sent) == (None, True, [])
    link.ask_on()
    assert (link.answer(), call.sent) == (None, [ON])
    call.answer(202, "Accepted")
    assert link.answer() == InfoAnswer(202, "Accepted")
    link.ask_off()
    assert (link.answer(), call.sent) == (None, [ON, OFF])
    call.answer(403, "Forbidden")
    assert link.answer() == InfoAnswer(403, "Forbidden")


def test_the_texts_are_the_settings() -> None:
    call = Call(SipInfoSettings("X-Call-Record", "start", "stop"))
    call.running().ask_off()
    assert call.sent == [(("X-Call-Record", "start"),), (("X-Call-Record", "stop"),)]


def test_an_answer_may_come_at_once(call: Call) -> None:
    call.at_once = (200, "OK")
    link = call.asking()
    assert link.answer() == InfoAnswer(200, "OK")
    link.ask_off()
    assert (link.answer(), call.sent) == (InfoAnswer(200, "OK"), [ON, OFF])


def test_c2_a_start_waits_for_the_answer_to_the_stop_before(call: Call) -> None:
    first = call.running()
    first.ask_off()
    second = call.asking()
    assert call.sent == [ON, OFF]
    call.answer()
    assert call.sent == [ON, OFF, ON]
    assert (first.answer(), second.answer()) == (InfoAnswer(200, "OK"), None)
    call.answer(500, "Oops")
    assert second.answer() == InfoAnswer(500, "Oops")


def test_c2_a_start_waits_for_the_recording_before_to_ask_for_its_stop(call: Call) -> None:
    first = call.running()
    call.asking()
    assert call.sent == [ON]
    first.ask_off()
    assert call.sent == [ON, OFF]
    call.answer(500, "Oops")
    assert call.sent == [ON, OFF, ON]


def test_c2_a_start_waits_for_one_before_that_is_pending_and_goes_when_that_is_refused(call: Call) -> None:
    call.asking()
    second = call.asking()
    call.asking()
    assert call.sent == [ON]
    call.answer(403, "Forbidden")
    assert call.sent == [ON, ON]
    call.answer()
    assert call.sent == [ON, ON]
    second.ask_off()
    call.answer()
    assert call.sent == [ON, ON, OFF, ON]


def test_a_server_that_answers_when_nobody_waits_any_more_is_told_off(call: Call) -> None:
    call.asking().forget()
    assert call.sent == [ON]
    call.answer()
    assert call.sent == [ON, OFF]
    call.answer(500, "Oops")
    assert call.sent == [ON, OFF]


def test_a_server_whose_answer_nobody_has_read_is_told_off(call: Call) -> None:
    call.running().forget()
    assert call.sent == [ON, OFF]


@pytest.mark.parametrize("status", [0, 403, 408, 481, 500])
def test_a_server_that_refuses_when_nobody_waits_any_more_is_left_alone(call: Call, status: int) -> None:
    call.asking().forget()
    call.answer(status)
    assert call.sent == [ON]


def test_what_is_forgotten_holds_up_nobody(call: Call) -> None:
    call.asking().forget()
    second = call.asking()
    assert call.sent == [ON, ON]
    call.answer(number=1)
    assert second.answer() == InfoAnswer(200, "OK")


def test_a_late_start_is_not_taken_back_while_another_recording_is_asked_for_or_runs(call: Call) -> None:
    call.asking().forget()
    second = call.asking()
    call.answer()
    assert call.sent == [ON, ON]
    call.answer()
    assert (second.answer(), call.sent) == (InfoAnswer(200, "OK"), [ON, ON])
    second.ask_off()
    call.answer()
    assert call.sent == [ON, ON, OFF]


def test_a_late_start_is_taken_back_when_the_other_recording_is_refused(call: Call) -> None:
    call.asking().forget()
    call.asking()
    call.answer()
    call.answer(486, "Busy Here")
    assert call.sent == [ON, ON, OFF]


def test_a_late_start_is_taken_back_when_the_other_recording_has_stopped_before_it(call: Call) -> None:
    call.asking().forget()
    second = call.asking()
    call.answer(number=1)
    second.ask_off()
    call.answer(number=1)
    assert call.sent == [ON, ON, OFF]
    call.answer()
    assert call.sent == [ON, ON, OFF, OFF]


def test_what_has_not_been_sent_is_forgotten_without_a_word(call: Call) -> None:
    call.running().ask_off()
    call.asking().forget()
    call.answer()
    assert (call.sent, call.pending) == ([ON, OFF], [])


def test_a_stop_without_an_answer_holds_up_nobody_when_it_is_forgotten(call: Call) -> None:
    first = call.running()
    first.ask_off()
    call.asking()
    first.forget()
    assert call.sent == [ON, OFF, ON]
    call.answer()
    assert call.sent == [ON, OFF, ON]


def test_when_the_call_is_over_nothing_is_sent(call: Call) -> None:
    first = call.running()
    first.ask_off()
    second = call.asking()
    call.info.end()
    assert not first.live and not second.live
    call.answer(0, "the call is over")
    assert call.sent == [ON, OFF]
    call.asking()
    assert (call.sent, second.answer()) == ([ON, OFF], None)


def test_a_late_start_of_a_call_that_is_over_is_not_taken_back(call: Call) -> None:
    call.asking().forget()
    call.info.end()
    call.answer()
    assert call.sent == [ON]


def test_in_a_call_that_is_being_hung_up_nothing_more_is_sent() -> None:
    sent: list[Headers] = []
    stands = True
    info = CallInfo(lambda headers, done: sent.append(headers), SipInfoSettings(), lambda: stands)
    link = info.link()
    assert link.live
    stands = False
    link.ask_on()
    assert (link.live, sent) == (False, [])
