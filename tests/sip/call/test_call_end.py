"""What the end of a call is called."""

from __future__ import annotations

import pytest

from phone_recorder.errors import SipTimeout, SipUnreachable
from phone_recorder.sip.call.call_end import CallEnd, hung_up, named, refused, unanswered
from phone_recorder.sip.messages.message import Request, Response


def response(status: int, reason: str, *contacts: str) -> Response:
    made = Response(status_code=status, reason_phrase=reason)
    for contact in contacts:
        made.add_header("Contact", contact)
    return made


@pytest.mark.parametrize(
    ("end", "text"),
    [
        (CallEnd(486, "Busy Here", "peer"), "1002 is busy (486 Busy Here)"),
        (CallEnd(404, "Not Found", "peer"), "1002 is not known to the SIP server (404 Not Found)"),
        (CallEnd(0, "nobody is there", "network"), "the call failed: nobody is there"),
        (CallEnd(599, "Odd", "peer"), "the call failed: 599 Odd"),
    ],
)
def test_a_call_that_did_not_come_about_says_so_in_a_sentence(end: CallEnd, text: str) -> None:
    error = end.error("1002")
    assert (str(error), error.status) == (text, end.status)
    assert end.failed


def test_a_redirection_says_where_to() -> None:
    end = refused(response(302, "Moved Temporarily", "<sip:1003@example.com>;q=0.5"))
    assert end == CallEnd(
        302,
        "Moved Temporarily: the call is sent on to sip:1003@example.com, which this phone does not follow",
        "peer",
    )
    assert "nowhere" in refused(response(300, "Choices")).reason


def test_a_peers_words_are_made_safe() -> None:
    assert refused(response(480, "Gone\x1b[2J")).reason == "Gone\N{REPLACEMENT CHARACTER}[2J"
    assert refused(response(480, "")).reason == "Temporarily Unavailable"
    assert len(refused(response(480, "x" * 5000)).reason) < 300


def test_no_answer_is_408_and_no_way_is_0() -> None:
    assert unanswered(SipTimeout("it does not answer")) == CallEnd(408, "it does not answer", "network")
    assert unanswered(SipUnreachable("no way")) == CallEnd(0, "no way", "network")


def test_a_call_that_was_hung_up_has_not_failed() -> None:
    bye = Request(method="BYE")
    assert hung_up(bye) == CallEnd(200, "the other phone hung up", "peer")
    bye.set_header("Reason", 'Q.850;cause=16;text="Terminated"')
    assert hung_up(bye).reason == 'Q.850;cause=16;text="Terminated"'
    assert not hung_up(bye).failed
    assert not named(200, "us").failed
    assert CallEnd(408, "the session was not refreshed", "network").failed
