"""SIP messages: what is read, what is refused with an answer, and what is dropped."""

from __future__ import annotations

from contextlib import suppress
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.errors import SipMessageError
from phone_recorder.sip.messages.message import (
    MAX_MESSAGE,
    BadRequest,
    CSeq,
    Message,
    Request,
    Response,
    addresses,
    parse,
    response_to,
    tag_of,
)

INVITE = (
    b"INVITE sip:1001@192.0.2.1 SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 192.0.2.30:5070;branch=z9hG4bK1;rport, SIP/2.0/TCP hop.example.net;branch=z9hG4bK2\r\n"
    b"Via: SIP/2.0/UDP far.example.net;branch=z9hG4bK3\r\n"
    b'From: "Anna, \\"A\\" <x>" <sip:2002@example.net>;tag=from\r\n'
    b"To: <sip:1001@example.net>\r\n"
    b"Call-ID: one@192.0.2.30\r\n"
    b"CSeq: 7 INVITE\r\n"
    b"Contact: <sip:2002@192.0.2.30:5070>\r\n"
    b"Record-Route: <sip:p1.example.net;lr>, <sip:p2.example.net;lr>\r\n"
    b"Timestamp: 54\r\n"
    b"Supported: timer, 100rel\r\n"
    b"Supported: path\r\n"
    b"Content-Type: application/sdp\r\n"
    b"Content-Length: 3\r\n"
    b"\r\n"
    b"v=0"
)
OK = (
    b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=x\r\nTo: <sip:b@h>;tag=y\r\n"
    b"Call-ID: 1\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n"
)


def request(data: bytes = INVITE) -> Request:
    message = parse(data)
    assert isinstance(message, Request)
    return message


def bad(data: bytes, datagram: bool = True) -> BadRequest:
    with pytest.raises(BadRequest) as caught:
        parse(data, datagram)
    return caught.value


def dropped(data: bytes) -> bool:
    """Whether it is not even answered."""
    with pytest.raises(SipMessageError) as caught:
        parse(data)
    return not isinstance(caught.value, BadRequest)


def test_a_request_is_read() -> None:
    invite = request()
    assert (invite.method, invite.uri, invite.body) == ("INVITE", "sip:1001@192.0.2.1", b"v=0")
    assert [(via.host, via.port, via.branch) for via in invite.via] == [
        ("192.0.2.30", 5070, "z9hG4bK1"),
        ("hop.example.net", None, "z9hG4bK2"),
        ("far.example.net", None, "z9hG4bK3"),
    ]
    assert invite.from_addr is not None
    assert invite.from_addr.display_name == 'Anna, "A" <x>'
    assert tag_of(invite.from_addr) == "from"
    assert tag_of(invite.to_addr) == ""
    assert invite.cseq == CSeq(7, "INVITE")
    assert invite.call_id == "one@192.0.2.30"
    assert [contact.uri.port for contact in invite.contact] == [5070]
    assert [route.uri.host for route in addresses(invite, "record-route")] == ["p1.example.net", "p2.example.net"]
    assert invite.get_header_values("supported") == ["timer", "100rel", "path"]
    assert invite.content_length == 3


def test_a_response_is_read() -> None:
    response = parse(OK)
    assert isinstance(response, Response)
    assert (response.status_code, response.reason_phrase) == (200, "OK")


def test_what_is_written_is_read_as_the_same() -> None:
    again = request(bytes(request()))
    assert list(again.headers.items()) == list(request().headers.items())
    assert again.body == b"v=0"


@pytest.mark.parametrize("change", [(b"\r\n", b"\n"), (b"", b"\r\n\r\n"), (b": ", b" \t:  "), (b", ", b" ,\r\n\t")])
def test_line_ends_empty_lines_before_and_spaces_do_not_matter(change: tuple[bytes, bytes]) -> None:
    old, new = change
    data = INVITE.replace(old, new) if old else new + INVITE
    assert list(request(data).headers.items())[3:] == list(request().headers.items())[3:]


def test_short_names_are_long_ones() -> None:
    short = INVITE
    for old, new in ((b"Via", b"v"), (b"From", b"F"), (b"To", b"t"), (b"Call-ID", b"i"), (b"Content-Length", b"L")):
        short = short.replace(b"\r\n" + old + b":", b"\r\n" + new + b":")
    short = short.replace(b"Timestamp: 54", b"x: 1800;refresher=uac")
    assert len(request(short).via) == 3
    assert request(short).get_header("Session-Expires") == "1800;refresher=uac"
    assert request(short).body == b"v=0"


def test_what_follows_the_body_of_a_datagram_is_cut_off() -> None:
    assert request(INVITE + b"more").body == b"v=0"


def test_a_datagram_without_a_length_is_all_body_and_a_stream_is_refused() -> None:
    without = INVITE.replace(b"Content-Length: 3\r\n", b"")
    assert request(without + b"\r\no=-").body == b"v=0\r\no=-"
    assert bad(without, datagram=False).status == 400


def test_two_lengths_are_one_if_they_are_the_same() -> None:
    assert request(INVITE.replace(b"Timestamp: 54", b"l: 3")).body == b"v=0"
    assert bad(INVITE.replace(b"Timestamp: 54", b"l: 2")).reason == "More Than One Content-Length"


@pytest.mark.parametrize(
    ("old", "new", "status", "reason"),
    [
        (b"SIP/2.0\r\nVia", b"SIP/3.0\r\nVia", 505, "Version Not Supported"),
        (b"INVITE sip:1001@192.0.2.1", b"INVITE 1001", 400, "Malformed Request-URI"),
        (b"INVITE sip:1001@192.0.2.1", b"INVITE sip:1001@h?a=b", 400, "Headers In Request-URI"),
        (b"INVITE sip", b"INVITE  sip", 400, "Spaces In Request-Line"),
        (b"Content-Length: 3", b"Content-Length: 4", 400, "Body Shorter Than Content-Length"),
        (b"Content-Length: 3", b"Content-Length: three", 400, "Malformed Content-Length"),
        (b"Content-Length: 3", b"Content-Length: -3", 400, "Malformed Content-Length"),
        (b"Content-Length: 3", b"Content-Length:", 400, "Malformed Content-Length"),
        (b"Timestamp: 54", b"Timestamp 54", 400, "Malformed Header"),
        (b"Timestamp: 54", b"Time stamp: 54", 400, "Malformed Header"),
        (b"Timestamp: 54", b"Timestamp: 5\r4", 400, "Malformed Header"),
        (b"Timestamp: 54", b"Timestamp: 54" + b"\r\nX: y" * 256, 400, "Too Many Headers"),
        (b"Timestamp: 54", b"Max-Forwards: 1\r\nMax-Forwards: 2", 400, "More Than One Max-Forwards"),
        (b"Timestamp: 54", b"From: <sip:a@h>", 400, "More Than One From"),
        (b"Timestamp: 54", b"Contact: nobody", 400, "Malformed Contact"),
        (b"Timestamp: 54", b"Contact: *", 400, "Malformed Contact"),
        (b"Timestamp: 54", b"Route: <sip:a@h>,", 400, "Malformed Route"),
        (b"Record-Route: ", b"Record-Route: p0, ", 400, "Malformed Record-Route"),
        (b"To: <sip:1001@example.net>", b"To: 1001", 400, "Malformed To"),
        (b"example.net>;tag=from", b"example.net", 400, "Malformed From"),
        (b"CSeq: 7 INVITE", b"CSeq: 4294967296 INVITE", 400, "Malformed CSeq"),
        (b"CSeq: 7 INVITE", b"CSeq: 7 BYE", 400, "CSeq Of Another Method"),
        (b"one@192.0.2.30", b"one 192.0.2.30", 400, "Malformed Call-ID"),
        (b"branch=z9hG4bK3", b"branch=z9hG4bK3,;", 400, "Malformed Via"),
    ],
)
def test_a_request_that_cannot_be_taken_is_answered(old: bytes, new: bytes, status: int, reason: str) -> None:
    assert old in INVITE
    error = bad(INVITE.replace(old, new))
    assert (error.status, error.reason) == (status, reason)
    assert reason in str(error)
    answer = response_to(error.request, error.status, error.reason, "to")
    assert answer.via[0].branch == "z9hG4bK1"
    assert all(answer.get_header(name) for name in ("from", "to", "call-id", "cseq"))
    assert error.request.cseq is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Via: SIP/2.0/UDP 192.0.2.30:5070", b"Via: UDP 192.0.2.30"),
        (b"From: ", b"X-From: "),
        (b"To: ", b"X-To: "),
        (b"Call-ID: ", b"X-Call-ID: "),
        (b"CSeq: ", b"X-CSeq: "),
        (b"CSeq: 7", b"CSeq: seven"),
        (b"CSeq: 7", b"CSeq: \xd9\xa7"),
        (b"CSeq: 7", b"CSeq: " + b"7" * 5000),
        (b"CSeq: 7 INVITE", b"CSeq: 7"),
        (b"SIP/2.0\r\nVia", b"HTTP/1.1\r\nVia"),
        (b"INVITE sip:1001@192.0.2.1 ", b"INVITE "),
        (b"INVITE sip", b"INV(ITE sip"),
    ],
)
def test_a_request_that_cannot_be_answered_is_dropped(old: bytes, new: bytes) -> None:
    assert old in INVITE
    assert dropped(INVITE.replace(old, new))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"\0",
        b"\x80" * 12,
        b"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        OK.replace(b"200", b"099"),
        OK.replace(b"200", b"700"),
        OK.replace(b"200", b"2000"),
        OK.replace(b"200", b"\xd9\xa2\xd9\xa0\xd9\xa0"),
        OK.replace(b"2.0 200", b"3.0 200"),
        OK.replace(b"CSeq: 1", b"CSeq: x"),
        OK.replace(b"Via: ", b"Via "),
        OK.replace(b"To: ", b"To: <sip:c@h>\r\nTo: "),
        OK.replace(b"Length: 0", b"Length: 9"),
        OK[:-2],
    ],
)
def test_what_is_no_message_is_dropped(data: bytes) -> None:
    assert dropped(data)


def test_an_empty_line_must_end_the_headers() -> None:
    assert bad(INVITE.partition(b"\r\n\r\n")[0] + b"\r\n").reason == "No Empty Line After Headers"


def test_more_than_a_datagram_can_hold_is_dropped() -> None:
    most = OK.replace(b"Content-Length: 0", b"Content-Length: %d" % (MAX_MESSAGE - len(OK) - 4))
    assert isinstance(parse(most + bytes(MAX_MESSAGE - len(most))), Response)
    assert dropped(most + bytes(MAX_MESSAGE - len(most) + 1))


def test_every_contact_may_be_meant() -> None:
    register = INVITE.replace(b"INVITE", b"REGISTER").replace(b"<sip:2002@192.0.2.30:5070>", b"*")
    assert request(register).get_header_values("contact") == ["*"]
    assert request(register).contact == []


def test_of_a_registrars_answer_other_peoples_bad_contacts_are_left_out() -> None:
    response = parse(OK.replace(b"CSeq", b"Contact: <sip:a@h>;expires=60, what is this, <sip:b@h>\r\nCSeq"))
    assert [contact.uri.user for contact in response.contact] == ["a", "b"]


def test_a_name_that_is_not_utf_8_does_not_stop_the_call() -> None:
    invite = request(INVITE.replace(b"Anna", b"M\xfcller"))
    assert invite.from_addr is not None
    assert invite.from_addr.display_name == 'M\N{REPLACEMENT CHARACTER}ller, "A" <x>'
    assert tag_of(response_to(invite, 200).from_addr) == "from"


def test_an_error_shows_nothing_that_steers_a_terminal() -> None:
    for data in (b"\x1b[2J" * 1000, OK.replace(b"200 OK", b"200 \x1b[2J" + b"x" * 1000)[:-2]):
        with pytest.raises(SipMessageError) as caught:
            parse(data)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 300


def everything_of(message: Message) -> None:
    """Whatever anybody may ask of a message."""
    assert message.via
    assert message.cseq is not None
    assert message.from_addr is not None
    assert message.to_addr is not None
    assert message.call_id
    assert [message.contact, message.content_length, message.content_type, addresses(message, "route")]
    bytes(message)


NAMES = ["Via", "v", "From", "To", "Call-ID", "CSeq", "Contact", "Content-Length", "Route", "X-Any", ""]
VALUES = ["SIP/2.0/UDP h;branch=z9hG4bK1", "<sip:a@h>;tag=x", "1 INVITE", "7", '"', ",", "", "*", "\r", "sip:a@h", "é"]
LINES = st.builds("{}: {}".format, st.sampled_from(NAMES), st.sampled_from(VALUES) | st.text(max_size=20))
STARTS = st.sampled_from(["INVITE sip:a@h SIP/2.0", "SIP/2.0 200 OK", "ACK sip:a@h SIP/2.0", " ", "BYE a b c SIP/2.0"])
BUILT = st.builds(
    lambda start, lines, end, body: end.join([start, *lines, "", ""]).encode("utf-8", "replace") + body,
    STARTS,
    st.lists(LINES, max_size=12),
    st.sampled_from(["\r\n", "\n", "\r\n ", "\r"]),
    st.binary(max_size=12),
)
CHANGED = st.builds(
    lambda data, at, new, old: data[: at % len(data)] + new + data[at % len(data) + old :],
    st.sampled_from([INVITE, OK]),
    st.integers(0, 2000),
    st.binary(max_size=6),
    st.integers(0, 12),
)


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=200) | BUILT | CHANGED, st.booleans())
def test_any_bytes_are_a_message_a_refusal_or_an_error(data: bytes, datagram: bool) -> None:
    try:
        everything_of(parse(data, datagram))
    except BadRequest as error:
        bytes(response_to(error.request, error.status, error.reason, "to"))
        assert error.request.via
    except SipMessageError as error:
        assert str(error)


PIECES = [b'"', b'\\"', b"<", b",", b";", b"; ", b" ", b"\r\n ", b"\r\n", b"a:", b"\r\nv:", b"\0"]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("start", [b"", INVITE[:6], INVITE[:38], INVITE[:200], INVITE[:-7], OK[:-4]])
def test_no_message_takes_longer_than_it_is_long(start: bytes, piece: bytes) -> None:
    before = perf_counter()
    with suppress(SipMessageError):
        parse(start + piece * ((MAX_MESSAGE - len(start)) // len(piece)))
    # Quadratic would be minutes.
    assert perf_counter() - before < 2
