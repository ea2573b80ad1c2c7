"""Expectations of the messages that passed, and their order."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.evidence import Evidence, Passed
from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.expected import Expectation, Messages
from phone_recorder.recording.units import SECOND
from tests.harness.judging.evidence import evidence, exactly, failures, moment, told

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
LINES = (
    "sent RecordStartRequest",
    "received RecordStartResponse",
    "sent RecordStopRequest",
    "received RecordStopResponse",
)
ALL = Messages("control", LINES, all=True)


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
        ('sent RecordStopRequest reason="record key"',),
        ("sent dir=out codec=PCMU",),
        ("sent /Record(Start|Stop)Request/ dir=out",),
        ("sent /Record(Start| x)/ /remote_name=Far%20Party/ dir=out",),
        ("sent RecordStartRequest Far Party",),
        ("received RecordStartResponse success server=/^127/",),
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


def test_all_are_all_that_passed_in_this_order() -> None:
    assert told(ALL, SEEN) == []
    assert told(Messages("control", all=True), evidence(messages=SIP)) == []


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (LINES[:3], "control no other message: received RecordStopResponse passed, at 3 s"),
        (LINES[1:], "control no other message: sent RecordStartRequest passed, at 0 s"),
        (("sent", "received", "received"), "control no other message: sent RecordStopRequest passed, at 2 s"),
        (
            ("sent RecordStartRequest", "received result=success", "received RecordStopResponse result=success"),
            "control no other message: sent RecordStopRequest passed, at 2 s",
        ),
        (
            (*LINES, "sent"),
            'control sent: it did not come after "received RecordStopResponse", only before, at 0 s; nothing came then',
        ),
        (
            (),
            "control none: sent RecordStartRequest passed, at 0 s",
        ),
    ],
)
def test_the_first_message_that_is_none_of_all_is_told(lines: tuple[str, ...], line: str) -> None:
    assert told(Messages("control", lines, all=True), SEEN) == [f"at the end, {line}"]


@pytest.mark.parametrize(
    ("line", "bound"),
    [
        ("sent RecordStartRequest", exactly(1)),
        ("received result=success", exactly(2)),
        ("sent /Record/", Bound(high=2, text="at most 2")),
        ("received result=failed", exactly(0)),
    ],
)
def test_messages_that_fit_a_line_are_counted(line: str, bound: Bound) -> None:
    assert told(Messages("control", counts=((line, bound),)), SEEN) == []


@pytest.mark.parametrize(
    ("text", "bound", "line"),
    [
        ("sent", exactly(1), "control sent, count 1: there are 2, at 0 s, 2 s"),
        (
            "received result=success",
            Bound(3, text="at least 3"),
            "control received result=success, count at least 3: there are 2, at 1 s, 3 s",
        ),
        (
            "sent RecordStopRequest reason=call ended",
            exactly(1),
            "control sent RecordStopRequest reason=call ended, count 1: it did not come; what came is"
            " sent RecordStartRequest, received RecordStartResponse reason=, sent RecordStopRequest reason=record key,"
            " received RecordStopResponse",
        ),
    ],
)
def test_another_number_of_messages_is_told_with_their_instants(text: str, bound: Bound, line: str) -> None:
    assert told(Messages("control", counts=((text, bound),)), SEEN) == [f"at the end, {line}"]


def test_each_wrong_count_has_a_line_beside_what_did_not_come() -> None:
    what = Messages("control", ("sent nothing",), counts=(("sent", exactly(2)), ("received", exactly(1))))
    missing, count = told(what, SEEN)
    assert missing.startswith("at the end, control sent nothing: it did not come")
    assert count == "at the end, control received, count 1: there are 2, at 1 s, 3 s"


@pytest.mark.parametrize("line", ["sent /(/", "sent RecordStartRequest dir=/(/", "sent RecordStartRequest /(/ dir=out"])
def test_an_expression_that_is_none_is_told_though_nothing_passed(line: str) -> None:
    with pytest.raises(UsageError, match="is no regular expression"):
        told(Messages("control", counts=((line, exactly(0)),)), evidence())
    with pytest.raises(UsageError, match="is no regular expression"):
        told(Messages("control", (line,)), evidence())


def test_at_an_instant_later_messages_are_not_counted() -> None:
    seen = evidence(moments={SECOND: moment(SECOND, messages=2)}, messages=CONTROL)
    once = Messages("control", LINES[:2], all=True, counts=(("received", exactly(1)),))
    assert failures(Expectation(once, SECOND), seen) == ()
    assert len(failures(Expectation(once), seen)) == 2


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


@pytest.mark.parametrize(
    ("protocol", "field", "bound"),
    [
        ("control", "id", exactly(1)),
        ("control", "port", exactly(1)),
        ("control", "reason", Bound(high=2, text="at most 2")),
        ("control", "future", exactly(0)),
        ("sip", "Record", exactly(2)),
        ("sip", "cseq", exactly(1)),
    ],
)
def test_different_values_of_a_field_are_counted(protocol: Literal["control", "sip"], field: str, bound: Bound) -> None:
    assert told(Messages(protocol, values=((field, bound),)), SEEN) == []


def test_a_second_id_is_told_and_when_it_came() -> None:
    other = replace(CONTROL[2], text="cmd=RecordStopRequest&id=2")
    seen = evidence(messages=(*CONTROL[:2], other))
    line = 'control id, different values 1: there are 2, first "1" at 0 s, "2" at 2 s'
    assert told(Messages("control", values=(("id", exactly(1)),)), seen) == [f"at the end, {line}"]


def test_a_field_that_no_message_has_has_no_value() -> None:
    what = Messages("control", values=(("id", exactly(1)),))
    assert told(what, GARBAGE) == ["at the end, control id, different values 1: there is none"]
