"""What a line asks of a SIP message: of one in a single line, as a virtual call has it, and of one with lines."""

from __future__ import annotations

import pytest

from phone_recorder.harness.scenario.expected import Messages
from tests.harness.judging.evidence import one_message, told

HEADERS = "INFO sip:1002@127.0.0.1 SIP/2.0\r\nRECORD: on\r\nX-Why:the key\r\nRecord: twice\r\n\r\nLater: yes"


@pytest.mark.parametrize("text", [HEADERS, "INFO RECORD: on X-Why: the key Record: twice"])
@pytest.mark.parametrize(
    ("line", "fits"),
    [
        ("received INFO record: on", True),
        ("received INFO Record: on x-why: the key", True),
        ("received INFO Record: twice", True),
        ("received record: /^o/", True),
        ('received INFO X-Why: "the key"', True),
        ("received INFO record", True),
        ("received INFO Record: x-WHY:", True),
        ("received /^IN/ x-why", True),
        ("received INFO Record: on Record: twice", True),
        ("received INFO Record: off Record: on", False),
        ("received INFO Record: On", False),
        ("received INFO Record: o", False),
        ("received INFO X-Why: the", False),
        ("received INFO Record: off", False),
        ("received INFO X-Record: on", False),
        ("received INFO Record-Route", False),
        ("received INFO Later: yes", False),
        ("received INFO Record: on X-Why: another", False),
        ("received info Record: on", False),
    ],
)
def test_the_names_of_sip_headers_have_no_case_and_their_values_do(text: str, line: str, fits: bool) -> None:
    assert (told(Messages("sip", (line,)), one_message(text, "sip")) == []) is fits
