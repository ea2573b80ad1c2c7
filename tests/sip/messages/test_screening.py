"""What is answered before anybody looks at what a request means (RFC 3261 section 8.2)."""

from __future__ import annotations

import pytest

from phone_recorder.sip.messages.message import Request
from phone_recorder.sip.messages.screening import ALLOW, NOT_ALLOWED, Refusal, screen

ALLOWED = ("Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE")
ACCEPTED = ("Accept", "application/sdp")
BAD_EXTENSION = "Bad Extension"
MEDIA_TYPE = "Unsupported Media Type"


def request(method: str = "INVITE", *headers: tuple[str, str], body: bytes = b"", uri: str = "sip:1001@h") -> Request:
    made = Request(method=method, uri=uri, body=body)
    for name, value in headers:
        made.add_header(name, value)
    return made


@pytest.mark.parametrize("method", ALLOW)
def test_what_is_allowed_passes(method: str) -> None:
    assert screen(request(method)) is None


@pytest.mark.parametrize("method", NOT_ALLOWED)
def test_a_method_that_is_known_and_not_for_a_phone_is_405(method: str) -> None:
    assert screen(request(method)) == Refusal(405, "Method Not Allowed", (ALLOWED,))


@pytest.mark.parametrize("method", ["NOVELTY", "invite", "RE%47ISTER", "I"])
def test_a_method_that_is_unknown_is_501(method: str) -> None:
    assert screen(request(method)) == Refusal(501, "Not Implemented", (ALLOWED,))


@pytest.mark.parametrize(
    ("uri", "status"), [("sips:1001@h", 0), ("SIP:1001@h", 0), ("tel:+4930112", 416), ("soap.beep://192.0.2.1", 416)]
)
def test_only_uris_of_sip_are_called(uri: str, status: int) -> None:
    refusal = screen(request(uri=uri))
    assert (refusal.status if refusal else 0) == status


def test_what_is_required_and_not_there_is_named() -> None:
    asked = request("INVITE", ("Require", "timer"), ("Require", "100rel"), ("Require", ""), ("Require", "novelty"))
    assert screen(asked) == Refusal(420, BAD_EXTENSION, (("Unsupported", "100rel, novelty"),))


def test_session_timers_may_be_required_in_any_case() -> None:
    assert screen(request("INVITE", ("Require", "Timer"))) is None


def test_what_proxies_must_support_is_not_for_us() -> None:
    assert screen(request("OPTIONS", ("Proxy-Require", "novelty"))) is None


@pytest.mark.parametrize("method", ["ACK", "CANCEL", "BYE"])
def test_neither_ack_nor_what_ends_a_call_is_refused_for_what_it_requires(method: str) -> None:
    assert screen(request(method, ("Require", "novelty"))) is None


def test_an_ack_is_never_answered() -> None:
    assert screen(request("ACK", ("Content-Type", "text/plain"), body=b"?", uri="tel:112")) is None


@pytest.mark.parametrize("value", ["application/sdp", "Application/SDP ; charset=utf-8", "application / sdp"])
def test_a_session_description_is_taken_however_it_is_written(value: str) -> None:
    assert screen(request("INVITE", ("Content-Type", value), body=b"v=0")) is None


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
@pytest.mark.parametrize("headers", [(), (("Content-Type", "multipart/mixed;boundary=x"),)], ids=["none", "multipart"])
def test_a_body_of_another_type_or_of_none_is_415(method: str, headers: tuple[tuple[str, str], ...]) -> None:
    assert screen(request(method, *headers, body=b"?")) == Refusal(415, MEDIA_TYPE, (ACCEPTED,))


def test_a_session_description_is_nothing_to_inform_of() -> None:
    assert screen(request("INFO", ("Content-Type", "application/sdp"), body=b"v=0")) == Refusal(
        415, MEDIA_TYPE, (("Accept", "application/dtmf-relay, application/dtmf"),)
    )


@pytest.mark.parametrize("kind", ["application/dtmf-relay", "Application/DTMF; charset=utf-8"])
def test_a_key_that_was_pressed_is_no_harm(kind: str) -> None:
    assert screen(request("INFO", ("Content-Type", kind), body=b"Signal=1\r\n")) is None


@pytest.mark.parametrize("kind", ["application/sdp", "text/plain", "multipart/mixed;boundary=x"])
def test_whoever_asks_what_we_can_may_say_anything(kind: str) -> None:
    assert screen(request("OPTIONS", ("Content-Type", kind), body=b"?")) is None


@pytest.mark.parametrize("method", ["BYE", "CANCEL"])
def test_what_ends_a_call_ends_it_whatever_it_carries(method: str) -> None:
    assert screen(request(method, ("Content-Type", "application/vq-rtcpxr"), body=b"?")) is None


def test_a_body_that_may_be_ignored_is() -> None:
    optional = ("Content-Disposition", "render; Handling = Optional")
    assert screen(request("INFO", ("Content-Type", "application/x"), optional, body=b"?")) is None


def test_a_type_without_a_body_says_nothing() -> None:
    assert screen(request("INFO", ("Content-Type", "application/x"))) is None


def test_a_body_that_is_encoded_is_415() -> None:
    zipped = request("INVITE", ("Content-Type", "application/sdp"), ("Content-Encoding", "gzip"), body=b"?")
    assert screen(zipped) == Refusal(415, MEDIA_TYPE, (("Accept-Encoding", "identity"),))
    plain = request("INVITE", ("Content-Type", "application/sdp"), ("Content-Encoding", "Identity"), body=b"v=0")
    assert screen(plain) is None


@pytest.mark.parametrize(
    ("accepted", "status"),
    [
        ((), 0),
        (("application/sdp",), 0),
        (("text/html", "Application / SDP;level=1;q=0.5"), 0),
        (("application/*",), 0),
        (("text/html", "*/*;q=0.1"), 0),
        (("text/*",), 406),
        (("",), 0),
        (("", "text/html"), 406),
        (("application/sdp;q=0",), 406),
        (("application/sdp; q = 0.000", "text/html"), 406),
    ],
)
def test_an_offer_whose_answer_would_not_be_taken_is_406(accepted: tuple[str, ...], status: int) -> None:
    headers = [("Accept", value) for value in accepted]
    refusal = screen(request("INVITE", *headers))
    assert (refusal.status if refusal else 0) == status
    assert screen(request("OPTIONS", *headers)) is None


def test_the_first_thing_wrong_is_what_is_said() -> None:
    refusal = screen(request("NOVELTY", ("Require", "novelty"), body=b"?", uri="tel:112"))
    assert refusal is not None
    assert refusal.status == 501
