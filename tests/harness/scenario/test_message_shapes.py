from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.expected import Messages
from tests.harness.scenario.everything import expected_of, wrong


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("control: none", Messages("control", none=True)),
        ("control: [sent RecordStartRequest dir=out]", Messages("control", ("sent RecordStartRequest dir=out",))),
        ("control: received RecordStartResponse", Messages("control", ("received RecordStartResponse",))),
        ('sip: ["sent INFO Record: on", received 200]', Messages("sip", ("sent INFO Record: on", "received 200"))),
        (
            "control: {all: [sent RecordStartRequest, received RecordStartResponse]}",
            Messages("control", ("sent RecordStartRequest", "received RecordStartResponse"), all=True),
        ),
        ("sip: {all: received 200}", Messages("sip", ("received 200",), all=True)),
        (
            'sip: {counts: {"sent INFO Record: on": 1, received 200: at least 2}}',
            Messages(
                "sip",
                counts=(("sent INFO Record: on", Bound(1, 1, "1")), ("received 200", Bound(2, inf, "at least 2"))),
            ),
        ),
        (
            "control: {all: [sent A], counts: {sent A: 1}}",
            Messages("control", ("sent A",), all=True, counts=(("sent A", Bound(1, 1, "1")),)),
        ),
        ("control: {values: {id: 1}}", Messages("control", values=(("id", Bound(1, 1, "1")),))),
        (
            "sip: {values: {Call-ID: 1, CSeq: at least 2}}",
            Messages("sip", values=(("Call-ID", Bound(1, 1, "1")), ("CSeq", Bound(2, inf, "at least 2")))),
        ),
    ],
)
def test_what_can_be_expected_of_messages(tmp_path: Path, text: str, what: Messages) -> None:
    assert expected_of(tmp_path, text).what == what


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("[{control: []}]", "2: expect.1.control: the list says nothing: write a message, or none"),
        ("[{control: {}}]", "2: expect.1.control: nothing is expected: write some of all, counts, values"),
        (
            "[{control: {exactly: [sent A]}}]",
            "2: expect.1.control.exactly: there is no such key: there are all, counts, values",
        ),
        ("[{control: {all: []}}]", "2: expect.1.control.all: the list says nothing: write a message"),
        ("[{control: {all: none}}]", "2: expect.1.control.all: 'none' is no message: write one such as sent"),
        ("[{control: [sent /(/]}]", "2: expect.1.control.1: '/(/' is no regular expression"),
        ('[{control: ["sent A", "sent B id=/[/ x=1"]}]', "2: expect.1.control.2: '/[/' is no regular expression"),
        ("[{control: {counts: {}}}]", "2: expect.1.control.counts: it counts no messages: write some and how many"),
        ("[{control: {counts: [sent A]}}]", "2: expect.1.control.counts: it counts no messages"),
        ("[{control: {counts: {A: 1}}}]", "2: expect.1.control.counts.A: 'A' is no message: write one such as sent"),
        ("[{control: {values: {}}}]", "2: expect.1.control.values: it counts no values: write some and how many, such"),
        ("[{control: {values: id}}]", "2: expect.1.control.values: it counts no values: write some and how many, such"),
        (
            "[{control: {values: {id=1: 1}}}]",
            "2: expect.1.control.values.id=1: 'id=1' is no field: write one such as id, or Call-ID",
        ),
        (
            "[{sip: {counts: {sent A: x}}}]",
            "2: expect.1.sip.counts.sent A: 'x' is no whole number: write one such as 3",
        ),
        (
            "[{sip: [sent INFO Record: on]}]",
            "2: expect.1.sip.1: it is no single value: write one such as sent RecordStartRequest dir=out; text with "
            '": " in it goes in quotes, such as "sent INFO Record: on"',
        ),
        ("[{control: [RecordStart]}]", "2: expect.1.control.1: 'RecordStart' is no message: write one such as sent"),
    ],
)
def test_what_cannot_be_expected_of_messages_is_told(tmp_path: Path, expect: str, told: str) -> None:
    assert wrong(tmp_path, f"expect: {expect}").startswith(told)
