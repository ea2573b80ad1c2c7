"""What a line asks of a control message, and of what is none."""

from __future__ import annotations

import pytest

from phone_recorder.harness.scenario.expected import Messages
from tests.harness.judging.evidence import one_message, told

UNREADABLE = one_message("RecordStartResponse?id=7&result=failed&reason=no%20licence is left")


@pytest.mark.parametrize(
    ("line", "fits"),
    [
        ("received result=failed", True),
        ("received RecordStartResponse result=failed", True),
        ("received /^RecordStart/ id=7 result=/fail/", True),
        ("received reason=no licence is left", True),
        ("received reason=no", True),
        ("received licence is left", True),
        ("received result=success", False),
        ("received result=fail", False),
        ("received RecordStartResponse result=success", False),
        ("received RecordStartResponse port=20000", False),
        ("received RecordStart", False),
        ("received /Stop/ result=failed", False),
        ("received reason=licence", False),
        ("received result=/^success/", False),
        ("received d=7", False),
    ],
)
def test_fields_must_stand_in_what_is_no_control_message_too(line: str, fits: bool) -> None:
    assert (told(Messages("control", (line,)), UNREADABLE) == []) is fits


@pytest.mark.parametrize(
    "line",
    [
        "received RecordStopRespons",
        "received RecordStopResponse reason=",
        "received RecordStopResponse result=succes",
        "received RecordStopResponse result=failed",
        "received RecordStopResponse result=failed result=success",
        "received RecordStopResponse fail",
        "received RecordStopResponse /fail/ result=success",
        "received /Start/ result=success",
        "received RecordStopResponse res",
        'received RecordStopResponse result="failed"',
        "sent RecordStopResponse result=success",
    ],
)
def test_a_message_has_all_that_its_line_says(line: str) -> None:
    seen = one_message("cmd=RecordStopResponse&id=1&result=success&results=odd")
    assert told(Messages("control", ("received RecordStopResponse result=success",)), seen) == []
    assert len(told(Messages("control", (line,)), seen)) == 1
