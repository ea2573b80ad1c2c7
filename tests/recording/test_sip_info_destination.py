"""A recording on a SIP server whose every answer is scripted; instants are arguments."""

from __future__ import annotations

import pytest

from phone_recorder.recording.destination import Destination, State
from phone_recorder.recording.sip_info_destination import NOT_SENT, InfoAnswer, SipInfoDestination

SECOND = 8000
FRAME = bytes(160)
START = 1600
OK = InfoAnswer(200, "OK")
WHY = "the SIP server refused to record: "


class Link:
    """A call whose server says what the test makes it say, to what was asked last."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.live = True
        self.said: InfoAnswer | None = None

    def ask_on(self) -> None:
        self._ask("on")

    def ask_off(self) -> None:
        self._ask("off")

    def answer(self) -> InfoAnswer | None:
        return self.said

    def forget(self) -> None:
        self.asked.append("forget")

    def _ask(self, what: str) -> None:
        assert self.live, "nothing is asked when the call is over"
        self.said = None
        self.asked.append(what)


class Rig:
    """A recording that has just been opened."""

    def __init__(self) -> None:
        self.link = Link()
        self.made = SipInfoDestination(self.link)
        self.made.open(START)

    def hear(self, now: int, answer: InfoAnswer | None = None) -> State:
        self.link.said = answer or self.link.said
        self.made.advance(START + now)
        return self.made.state

    def close(self, now: int) -> State:
        self.made.close(START + now, "record key")
        return self.made.state

    def failure(self) -> str:
        assert self.made.state is State.FAILED
        return str(self.made.error)


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def running(rig: Rig) -> Rig:
    assert rig.hear(0, OK) is State.OPEN
    return rig


def test_asked_accepted_asked_again_stopped(rig: Rig) -> None:
    made: Destination = rig.made
    assert (made.mode, made.parts, rig.link.asked) == ("sip_info", (), ["on"])
    assert rig.hear(80) is State.OPENING
    assert rig.hear(160, OK) is State.OPEN
    assert rig.hear(100 * SECOND) is State.OPEN
    assert rig.close(100 * SECOND) is State.CLOSING
    assert rig.link.asked == ["on", "off"]
    assert rig.hear(101 * SECOND) is State.CLOSING
    assert rig.hear(102 * SECOND, OK) is State.CLOSED
    assert made.error is None


@pytest.mark.parametrize("status", [200, 202, 299])
def test_any_2xx_is_a_yes(rig: Rig, status: int) -> None:
    assert rig.hear(0, InfoAnswer(status)) is State.OPEN


@pytest.mark.parametrize(
    "answer",
    [
        InfoAnswer(403, "Forbidden"),
        InfoAnswer(481, "Call/Transaction Does Not Exist"),
        InfoAnswer(488, "Not Acceptable Here"),
        InfoAnswer(500, "Server Internal Error"),
        InfoAnswer(503, "Service Unavailable"),
        InfoAnswer(603, "Decline"),
        InfoAnswer(302, "Moved Temporarily"),
        InfoAnswer(415, "Unsupported Media Type"),
    ],
)
def test_any_other_answer_is_a_refusal_in_the_servers_words(rig: Rig, answer: InfoAnswer) -> None:
    rig.hear(0, answer)
    assert rig.failure() == f"{WHY}{answer.status} {answer.reason}"
    assert rig.made.written == 0


@pytest.mark.parametrize("status", [401, 407])
def test_a_challenge_that_nobody_below_could_answer_is_a_refusal(rig: Rig, status: int) -> None:
    rig.hear(0, InfoAnswer(status, "Unauthorized"))
    assert rig.failure() == f"{WHY}{status} Unauthorized"


def test_a_refusal_without_a_word_is_its_status(rig: Rig) -> None:
    rig.hear(0, InfoAnswer(403))
    assert rig.failure() == f"{WHY}403"


def test_what_a_server_says_cannot_forge_a_line_of_the_screen(rig: Rig) -> None:
    rig.hear(0, InfoAnswer(403, "no\r\nBX5S \x1b[31mred" + "x" * 70_000))
    assert rig.failure().startswith(f"{WHY}403 no\ufffd\ufffdBX5S \ufffd[31mredxx")
    assert len(rig.failure()) < 300


def test_a_server_that_does_not_answer_in_time_has_failed_and_is_forgotten(rig: Rig) -> None:
    assert rig.hear(5 * SECOND - 1) is State.OPENING
    rig.hear(5 * SECOND)
    assert rig.failure() == "the SIP server does not answer"
    assert rig.link.asked == ["on", "forget"]


def test_an_answer_in_the_last_moment_counts(rig: Rig) -> None:
    assert rig.hear(5 * SECOND, OK) is State.OPEN


def test_an_answer_after_the_time_out_is_none_of_the_recordings_business_any_more(rig: Rig) -> None:
    rig.hear(5 * SECOND)
    assert rig.hear(6 * SECOND, OK) is State.FAILED
    assert rig.link.asked == ["on", "forget"]


def test_a_time_out_found_below_is_no_refusal(rig: Rig) -> None:
    rig.hear(SECOND, InfoAnswer(408, "Request Timeout"))
    assert rig.failure() == "the SIP server does not answer"


def test_a_request_that_could_not_leave_while_the_call_goes_on(rig: Rig) -> None:
    rig.hear(0, InfoAnswer(NOT_SENT, "connection refused"))
    assert rig.failure() == "the SIP server cannot be asked: connection refused"


def test_c1_a_stop_while_the_start_is_pending_waits_for_it_and_takes_it_back(rig: Rig) -> None:
    assert rig.close(80) is State.OPENING
    assert rig.link.asked == ["on"]
    assert rig.hear(160, OK) is State.CLOSING
    assert rig.link.asked == ["on", "off"]
    assert rig.hear(240, OK) is State.CANCELLED
    assert (rig.made.written, rig.made.error) == (0, None)


def test_c1_the_answer_may_have_come_with_the_stop(rig: Rig) -> None:
    rig.link.said = OK
    assert rig.close(80) is State.CLOSING
    assert rig.link.asked == ["on", "off"]


@pytest.mark.parametrize("status", [401, 403, 408, 481, 488, 503])
def test_c1_a_refusal_meanwhile_is_a_clean_cancel(rig: Rig, status: int) -> None:
    rig.close(80)
    assert rig.hear(160, InfoAnswer(status)) is State.CANCELLED
    assert (rig.link.asked, rig.made.error) == (["on"], None)


def test_c1_a_server_that_never_answers_is_a_cancel_and_is_told_off_should_it_answer_yet(rig: Rig) -> None:
    rig.close(80)
    assert rig.hear(5 * SECOND) is State.CANCELLED
    assert rig.link.asked == ["on", "forget"]


def test_c10_a_stop_of_a_pending_start_that_is_refused_is_not_cancelled(rig: Rig) -> None:
    rig.close(80)
    rig.hear(160, OK)
    rig.hear(240, InfoAnswer(500, "Server Internal Error"))
    assert rig.failure() == "the SIP server may still be recording, it refused to stop: 500 Server Internal Error"


@pytest.mark.parametrize("status", [403, 408, 481, 488, 500])
def test_c10_a_stop_that_the_server_refuses_is_not_stopped(running: Rig, status: int) -> None:
    running.close(SECOND)
    running.hear(SECOND + 80, InfoAnswer(status))
    assert running.failure() == f"the SIP server may still be recording, it refused to stop: {status}"


def test_c10_a_stop_without_an_answer_is_not_stopped(running: Rig) -> None:
    running.close(SECOND)
    assert running.hear(6 * SECOND - 1) is State.CLOSING
    running.hear(6 * SECOND)
    assert running.failure() == "the SIP server may still be recording, it does not answer"
    assert running.link.asked == ["on", "off", "forget"]


@pytest.mark.parametrize("answer", [None, InfoAnswer(NOT_SENT)])
def test_a_call_that_ends_while_the_start_is_pending_is_a_cancel(rig: Rig, answer: InfoAnswer | None) -> None:
    rig.link.live = False
    assert rig.hear(80, answer) is State.OPENING
    assert rig.close(160) is State.CANCELLED
    assert rig.link.asked == ["on"]


def test_a_call_that_ends_between_the_stop_and_the_answer_to_the_start_is_a_cancel(rig: Rig) -> None:
    rig.close(80)
    rig.link.live = False
    assert rig.hear(160) is State.CANCELLED
    assert rig.link.asked == ["on"]


def test_a_call_that_ends_with_the_answer_to_the_start_still_unread_was_recorded(rig: Rig) -> None:
    rig.link.live, rig.link.said = False, OK
    assert rig.hear(80) is State.OPEN
    assert rig.close(160) is State.CLOSED


def test_a_call_that_has_ended_and_tells_nobody_is_a_failure_at_last(rig: Rig) -> None:
    rig.link.live = False
    rig.hear(5 * SECOND)
    assert rig.failure() == "the call was over before the SIP server answered"


def test_a_call_that_ends_while_it_is_recorded_ends_the_recording_and_nothing_is_sent(running: Rig) -> None:
    running.link.live = False
    assert running.hear(SECOND) is State.OPEN
    assert running.close(SECOND) is State.CLOSED
    assert running.link.asked == ["on"]


@pytest.mark.parametrize("answer", [None, InfoAnswer(NOT_SENT, "the call is over")])
def test_a_call_that_ends_while_the_stop_is_pending_has_stopped_it(running: Rig, answer: InfoAnswer | None) -> None:
    running.close(SECOND)
    running.link.live = False
    assert running.hear(SECOND + 80, answer) is State.CLOSED
    assert running.made.error is None


def test_a_second_close_changes_nothing(running: Rig) -> None:
    running.close(SECOND)
    running.close(SECOND + 80)
    assert running.link.asked == ["on", "off"]
    running.hear(SECOND + 80, OK)
    assert running.close(2 * SECOND) is State.CLOSED
    assert running.hear(2 * SECOND, InfoAnswer(500)) is State.CLOSED


def test_c10_what_was_said_before_the_server_had_accepted_is_not_counted(rig: Rig) -> None:
    rig.made.write(START + 320, [FRAME] * 2)
    rig.hear(480, OK)
    assert rig.made.written == 0
    # The mix comes late: the third frame of it is from before the answer, the fourth begins with it.
    rig.made.write(START + 640, [FRAME, FRAME])
    assert rig.made.written == 160
    rig.made.write(START + 800, [FRAME] * 10)
    assert rig.made.written == 11 * 160


def test_what_comes_when_the_stop_has_been_asked_for_is_not_counted(running: Rig) -> None:
    running.made.write(START + 160, [FRAME])
    running.close(160)
    running.made.write(START + 320, [FRAME])
    assert running.made.written == 160
