"""Dialogs from literal messages of RFC 3261's shapes: who is asked, what for, and by which way."""

from __future__ import annotations

import pytest

from phone_recorder.sip.call.dialog import Dialog, target_of
from phone_recorder.sip.messages.message import Request, Response, parse, parse_uri, stringify_uri

INVITE = (
    "INVITE sip:bob@biloxi.com SIP/2.0",
    "Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds8",
    "From: Alice <sip:alice@atlanta.com>;tag=88sja8x",
    "To: Bob <sip:bob@biloxi.com>",
    "Call-ID: 987asjd97y7atg",
    "CSeq: 986759 INVITE",
    "Contact: <sip:alice@pc33.atlanta.com>",
)
OK = (
    "SIP/2.0 200 OK",
    *INVITE[1:3],
    "To: Bob <sip:bob@biloxi.com>;tag=1410948204",
    *INVITE[4:6],
    "Contact: <sip:bob@192.0.2.4:5070;method=BYE;x=y?Subject=no>",
)
LOOSE = ("Record-Route: <sip:p2.biloxi.com;lr>, <sip:p1.atlanta.com;lr>",)
STRICT = ("Record-Route: <sip:p2.biloxi.com;lr>", "Record-Route: <sip:p1.atlanta.com;method=INVITE>")


def request(*lines: str) -> Request:
    message = parse("\r\n".join((*lines, "Content-Length: 0", "", "")).encode())
    assert isinstance(message, Request)
    return message


def response(*lines: str) -> Response:
    message = parse("\r\n".join((*lines, "Content-Length: 0", "", "")).encode())
    assert isinstance(message, Response)
    return message


def caller(*more: str) -> Dialog:
    return Dialog.of_caller(request(*INVITE), response(*OK, *more))


def callee(*more: str) -> Dialog:
    invite = request(*INVITE, *more)
    target = target_of(invite)
    assert target
    return Dialog.of_callee(invite, target, "1410948204")


def test_a_caller_asks_the_contact_of_the_answer_in_his_own_name() -> None:
    bye = caller().request("BYE")
    assert bytes(bye) == (
        b"BYE sip:bob@192.0.2.4:5070;x=y SIP/2.0\r\nMax-Forwards: 70\r\n"
        b"From: Alice <sip:alice@atlanta.com>;tag=88sja8x\r\n"
        b"To: Bob <sip:bob@biloxi.com>;tag=1410948204\r\nCall-ID: 987asjd97y7atg\r\nCSeq: 986760 BYE\r\n"
        b"Content-Length: 0\r\n\r\n"
    )


def test_a_callee_asks_the_contact_of_the_invite_with_the_names_turned_round() -> None:
    bye = callee().request("BYE")
    assert bytes(bye) == (
        b"BYE sip:alice@pc33.atlanta.com SIP/2.0\r\nMax-Forwards: 70\r\n"
        b"From: Bob <sip:bob@biloxi.com>;tag=1410948204\r\n"
        b"To: Alice <sip:alice@atlanta.com>;tag=88sja8x\r\nCall-ID: 987asjd97y7atg\r\nCSeq: 1 BYE\r\n"
        b"Content-Length: 0\r\n\r\n"
    )


def test_a_caller_takes_the_route_backwards_and_a_callee_as_it_stands() -> None:
    assert caller(*LOOSE).request("BYE").headers.get("Route") == ["<sip:p1.atlanta.com;lr>", "<sip:p2.biloxi.com;lr>"]
    assert callee(*LOOSE).request("BYE").headers.get("Route") == ["<sip:p2.biloxi.com;lr>", "<sip:p1.atlanta.com;lr>"]
    assert caller(*LOOSE).request("BYE").uri == "sip:bob@192.0.2.4:5070;x=y"
    assert stringify_uri(caller(*LOOSE).next_uri) == "sip:p1.atlanta.com;lr"
    assert stringify_uri(caller().next_uri) == "sip:bob@192.0.2.4:5070;x=y"


def test_a_strict_router_gets_itself_as_request_uri_and_the_target_at_the_end() -> None:
    bye = caller(*STRICT).request("BYE")
    assert bye.uri == "sip:p1.atlanta.com"
    assert bye.headers.get("Route") == ["<sip:p2.biloxi.com;lr>", "<sip:bob@192.0.2.4:5070;x=y>"]
    assert caller(*STRICT).next_uri.host == "p1.atlanta.com"


def test_each_request_has_the_next_cseq_but_an_ack_that_of_its_invite() -> None:
    dialog = caller()
    assert [dialog.request(method).get_header("CSeq") for method in ("INFO", "INVITE", "BYE")] == [
        "986760 INFO",
        "986761 INVITE",
        "986762 BYE",
    ]
    assert dialog.ack(request(*INVITE)).get_header("CSeq") == "986759 ACK"


def test_an_ack_bears_the_credentials_of_its_invite() -> None:
    invite = request(*INVITE, 'Proxy-Authorization: Digest username="a"', 'Authorization: Digest username="b"')
    ack = caller().ack(invite)
    assert ack.headers.get("Authorization") == ['Digest username="b"']
    assert ack.headers.get("Proxy-Authorization") == ['Digest username="a"']


@pytest.mark.parametrize(
    ("numbers", "taken"),
    [([1, 2, 3], [True] * 3), ([5, 9, 7], [True, True, False]), ([4294967295, 1], [False, True]), ([7, 7], [True] * 2)],
)
def test_an_older_cseq_comes_too_late_and_gaps_are_fine_but_for_the_one_that_leaves_no_room(
    numbers: list[int], taken: list[bool]
) -> None:
    dialog = caller()
    requests = [request(*INVITE[:5], f"CSeq: {number} INVITE") for number in numbers]
    assert [dialog.take(asked) for asked in requests] == taken


def test_the_callees_count_starts_with_the_invite() -> None:
    assert not callee().take(request(*INVITE[:5], "CSeq: 986758 INVITE"))


def test_whoever_begins_to_count_where_there_is_no_room_is_taken_all_the_same() -> None:
    invite = request(*INVITE[:5], "CSeq: 4294967290 INVITE")
    dialog = Dialog.of_callee(invite, parse_uri("sip:a@h"), "tag")
    assert dialog.take(request(*INVITE[:5], "CSeq: 4294967291 INVITE"))


def test_a_contact_moves_the_target_and_no_contact_leaves_it() -> None:
    dialog = callee()
    dialog.refresh(request(*INVITE[:6], "Contact: <sip:alice@198.51.100.7>"))
    assert dialog.request("INFO").uri == "sip:alice@198.51.100.7"
    dialog.refresh(request(*INVITE[:6]))
    assert dialog.request("INFO").uri == "sip:alice@198.51.100.7"


def test_a_2xx_brings_its_own_route_whatever_the_early_dialog_had() -> None:
    dialog = caller(*LOOSE)
    dialog.confirm(response(*OK[:-1], "Contact: <sip:bob@198.51.100.9>", "Record-Route: <sip:p3.biloxi.com;lr>"))
    info = dialog.request("INFO")
    assert (info.uri, info.headers.get("Route")) == ("sip:bob@198.51.100.9", ["<sip:p3.biloxi.com;lr>"])


@pytest.mark.parametrize("contact", ["Contact: *", "Contact: <tel:+44>", "Contact: <mailto:a@b>"])
def test_a_contact_that_is_no_place_is_none(contact: str) -> None:
    answer = response(*OK[:-1], contact)
    assert target_of(answer) is None
    # The peer is then asked where he was called.
    assert Dialog.of_caller(request(*INVITE), answer).request("BYE").uri == "sip:bob@biloxi.com"


def test_a_peer_without_a_tag_is_one_of_rfc_2543() -> None:
    dialog = Dialog.of_caller(request(*INVITE), response(*OK[:3], "To: <sip:bob@biloxi.com>", *OK[4:]))
    assert dialog.remote_tag == ""
    assert dialog.request("BYE").get_header("To") == "<sip:bob@biloxi.com>"
