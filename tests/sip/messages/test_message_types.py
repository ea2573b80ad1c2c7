"""What an answer copies from its request, and messages that are built rather than read."""

from __future__ import annotations

import pytest

from phone_recorder.sip.messages.message import (
    Address,
    CSeq,
    Request,
    Response,
    SipUri,
    Via,
    parse,
    reason_of,
    response_to,
    tag_of,
    token,
)
from tests.sip.messages.test_message import INVITE


def request(data: bytes = INVITE) -> Request:
    message = parse(data)
    assert isinstance(message, Request)
    return message


def test_an_answer_copies_what_it_must() -> None:
    answer = response_to(request(), 180, to_tag="to")
    assert bytes(answer) == (
        b"SIP/2.0 180 Ringing\r\n"
        b"Via: SIP/2.0/UDP 192.0.2.30:5070;branch=z9hG4bK1;rport\r\n"
        b"Via: SIP/2.0/TCP hop.example.net;branch=z9hG4bK2\r\n"
        b"Via: SIP/2.0/UDP far.example.net;branch=z9hG4bK3\r\n"
        b'From: "Anna, \\"A\\" <x>" <sip:2002@example.net>;tag=from\r\n'
        b"To: <sip:1001@example.net>;tag=to\r\n"
        b"Call-ID: one@192.0.2.30\r\n"
        b"CSeq: 7 INVITE\r\n"
        b"Record-Route: <sip:p1.example.net;lr>\r\n"
        b"Record-Route: <sip:p2.example.net;lr>\r\n"
        b"Content-Length: 0\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("status", "timestamp", "routes"), [(100, True, 0), (180, False, 2), (200, False, 2), (302, False, 0)]
)
def test_routes_are_recorded_in_what_makes_a_dialog_and_time_is_in_100(
    status: int, timestamp: bool, routes: int
) -> None:
    answer = response_to(request(), status)
    assert ("timestamp" in answer.headers) is timestamp
    assert len(answer.get_header_values("record-route")) == routes


def test_routes_are_not_recorded_by_what_makes_no_dialog() -> None:
    assert "record-route" not in response_to(request(INVITE.replace(b"INVITE", b"OPTIONS")), 200).headers


def test_a_tag_that_is_there_stays() -> None:
    tagged = request(INVITE.replace(b"To: <sip:1001@example.net>", b"To: sip:1001@example.net;tag=old"))
    assert response_to(tagged, 200, to_tag="new").get_header("to") == "sip:1001@example.net;tag=old"


def test_an_answer_is_not_the_requests_headers() -> None:
    invite = request()
    response_to(invite, 200, to_tag="to").add_header("Via", "SIP/2.0/UDP other")
    assert len(invite.via) == 3
    assert tag_of(invite.to_addr) == ""


@pytest.mark.parametrize(
    ("status", "reason"),
    [(486, "Busy Here"), (299, "OK"), (399, "Multiple Choices"), (499, "Bad Request"), (699, "Busy Everywhere")],
)
def test_a_status_has_a_reason_if_only_that_of_its_class(status: int, reason: str) -> None:
    assert reason_of(status) == reason
    assert response_to(request(), status).reason_phrase == reason
    assert response_to(request(), status, "So").reason_phrase == "So"


def test_headers_are_set_as_values() -> None:
    made = Request(method="OPTIONS", uri="sip:h")
    made.via = [Via(host="2001:db8::1", port=5060, params={"branch": "z9hG4bK1"})]
    made.from_addr = Address('A "B"', SipUri("sip", "1", "h"), {"tag": "x"})
    made.to_addr = Address(None, SipUri("tel", "112"))
    made.contact = [Address(None, SipUri("sip", "1", "h"))]
    made.cseq = CSeq(1, "OPTIONS")
    made.call_id = "1"
    made.content_length = 9
    assert made.content_length == 9
    assert bytes(made) == (
        b"OPTIONS sip:h SIP/2.0\r\nVia: SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK1\r\n"
        b'From: "A \\"B\\"" <sip:1@h>;tag=x\r\nTo: <tel:112>\r\nContact: <sip:1@h>\r\nCSeq: 1 OPTIONS\r\nCall-ID: 1\r\n'
        b"Content-Length: 0\r\n\r\n"
    )


def test_no_value_of_a_message_that_holds_nothing_raises() -> None:
    for message in (Request(), Response()):
        assert (message.via, message.contact, message.from_addr, message.to_addr, message.cseq) == (
            [],
            [],
            None,
            None,
            None,
        )
        assert message.content_length == 0


def test_tokens_are_hex_and_never_the_same() -> None:
    tokens = {token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(each) == 16 and int(each, 16) >= 0 for each in tokens)
