"""Expectations of the messages that passed, and their order."""

from __future__ import annotations

import pytest

from phone_recorder.harness.evidence import Evidence, Passed
from phone_recorder.harness.scenario.expected import Expectation, Messages
from phone_recorder.recording.units import SECOND
from tests.harness.judging.evidence import evidence, failures, moment, told

CONTROL = (
    Passed(0, "control", True, "cmd=RecordStartRequest&id=1&remote_name=Far%20Party&dir=out&codec=PCMU"),
    Passed(SECOND, "control", False, "cmd=RecordStartResponse&id=1&result=success&reason=&server=127.0.0.1&port=20000"),
    Passed(2 * SECOND, "control", True, "cmd=RecordStopRequest&id=1&reason=record%20key"),
    Passed(3 * SECOND, "control", False, "cmd=RecordStopResponse&id=1&result=success\r\n"),
)
SIP = (
    Passed(0, "sip", True, "INFO\r\nRecord: on\r\nCSeq: 2 INFO"),
    Passed(1600, "sip", False, "200 OK"),
    Passed(SECOND, "sip", True, "INFO sip:1002@127.0.0.1 SIP/2.0\r\nRecord: off\r\n"),
    Passed(2 * SECOND, "sip", False, "SIP/2.0 488 Not Acceptable Here\r\n"),
)
SEEN = evidence(messages=CONTROL + SIP)
GARBAGE = evidence(messages=(Passed(0, "control", False, "hello world\x00"),))


@pytest.mark.parametrize(
    "lines",
    [
        ("sent RecordStartRequest",),
        ("sent RecordStartRequest dir=out", "received RecordStartResponse result=success"),
        ("sent RecordStartRequest", "received RecordStopResponse result=success"),
        ("sent RecordStartRequest remote_name=Far Party dir=out",),
        ("sent RecordStartRequest remote_name=Far%20Party",),
        ("received RecordStartResponse reason= port=/^2/",),
        ("sent", "received", "sent", "received"),
        ("RecordStopRequest reason=record key",),
    ],
)
def test_control_messages_passed_in_this_order(lines: tuple[str, ...]) -> None:
    assert told(Messages("control", lines), SEEN) == []


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (
            ("sent RecordStartRequest dir=in",),
            "control sent RecordStartRequest dir=in: it did not come; what came is sent RecordStartRequest dir=out,"
            " received RecordStartResponse, sent RecordStopRequest, received RecordStopResponse",
        ),
        (
            ("sent RecordStopRequest", "received RecordStopResponse result=failed"),
            "control received RecordStopResponse result=failed: it did not come after"
            ' "sent RecordStopRequest"; what came then is received RecordStopResponse result=success',
        ),
        (
            ("sent RecordStopRequest", "sent RecordStartRequest"),
            'control sent RecordStartRequest: it did not come after "sent RecordStopRequest",'
            " only before, at 0 s; what came then is received RecordStopResponse",
        ),
        (
            ("received RecordStopResponse", "received RecordStopResponse"),
            'control received RecordStopResponse: it did not come after "received RecordStopResponse",'
            " only before, at 3 s; nothing came then",
        ),
        (
            ("sent RecordStopRequest reason=",),
            "control sent RecordStopRequest reason=: it did not come; what came is sent RecordStartRequest, received"
            " RecordStartResponse reason=, sent RecordStopRequest reason=record key, received RecordStopResponse",
        ),
        (
            ("sent RecordStopRequest result=success",),
            "control sent RecordStopRequest result=success: it did not come; what came is sent RecordStartRequest, "
            "received RecordStartResponse result=success, sent RecordStopRequest,"
            " received RecordStopResponse result=success",
        ),
    ],
)
def test_it_says_which_control_message_did_not_come(lines: tuple[str, ...], line: str) -> None:
    assert told(Messages("control", lines), SEEN) == [f"at the end, {line}"]


@pytest.mark.parametrize(
    "lines",
    [
        ("sent INFO Record: on", "received 200"),
        ("sent INFO Record: off", "received 488 Not Acceptable Here"),
        ("received 200 OK", "sent INFO"),
        ("sent INFO /CSeq: \\d INFO/",),
    ],
)
def test_sip_messages_passed_in_this_order(lines: tuple[str, ...]) -> None:
    assert told(Messages("sip", lines), SEEN) == []


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (
            ("sent INFO Record: of",),
            "sip sent INFO Record: of: it did not come; what came is sent INFO Record: on, received 200 OK,"
            " sent INFO sip:1002@127.0.0.1 SIP/2.0 Record: off, received SIP/2.0 488 Not Acceptable Here",
        ),
        (
            ("received 488", "received 200"),
            'sip received 200: it did not come after "received 488", only before, at 200 ms; nothing came then',
        ),
    ],
)
def test_it_says_which_sip_message_did_not_come(lines: tuple[str, ...], line: str) -> None:
    assert told(Messages("sip", lines), SEEN) == [f"at the end, {line}"]


@pytest.mark.parametrize(
    ("seen", "lines"),
    [
        (evidence(messages=SIP), ["at the end, control sent: no such message passed, nor any other"]),
        (evidence(messages=CONTROL), []),
    ],
)
def test_messages_of_another_protocol_are_none(seen: Evidence, lines: list[str]) -> None:
    assert told(Messages("control", ("sent",)), seen) == lines


def test_none_is_none_at_all() -> None:
    assert told(Messages("control", none=True), evidence(messages=SIP)) == []
    assert told(Messages("control", none=True), evidence(messages=CONTROL[:2])) == [
        "at the end, control none: 2 passed: sent RecordStartRequest, received RecordStartResponse"
    ]


def test_what_is_no_control_message_is_looked_at_as_text() -> None:
    assert told(Messages("control", ("received hello world",)), GARBAGE) == []
    assert told(Messages("control", ("received",)), GARBAGE) == []
    assert told(Messages("control", ("received goodbye",)), GARBAGE) == [
        "at the end, control received goodbye: it did not come; what came is received hello world\ufffd"
    ]


def test_at_an_instant_only_those_count_that_had_passed() -> None:
    seen = evidence(moments={SECOND: moment(SECOND, messages=1)}, messages=CONTROL)
    early = Expectation(Messages("control", ("received RecordStartResponse",)), SECOND)
    assert failures(Expectation(Messages("control", ("sent RecordStartRequest",)), SECOND), seen) == ()
    assert [str(failure) for failure in failures(early, seen)] == [
        "at 1 s, control received RecordStartResponse: it did not come; what came is sent RecordStartRequest"
    ]


def test_of_many_messages_five_are_told_and_each_is_short() -> None:
    long = tuple(Passed(n, "sip", True, "INFO " + "x" * 500) for n in range(7))
    [line] = told(Messages("sip", ("received",)), evidence(messages=long))
    assert line.count("sent INFO x") == 5
    assert line.endswith("x... and 2 more")
    assert len(line) < 600
