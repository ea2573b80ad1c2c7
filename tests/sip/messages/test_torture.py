"""The messages of RFC 4475, as fixtures/make_torture.py has them: what becomes of each, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.errors import SipMessageError
from phone_recorder.sip.messages.message import (
    BadRequest,
    Message,
    Request,
    Response,
    parse,
    parse_address,
    parse_uri,
    response_to,
    tag_of,
    user_of,
)
from phone_recorder.sip.messages.screening import screen

TORTURE = Path(__file__).parents[3] / "fixtures" / "torture"

TAKEN = "taken"
"""Read, and nothing against it: a user agent answers by what is meant, or matches a response to a request."""
DROPPED = "dropped"

OUTCOMES: dict[str, str | int] = {
    # RFC 4475 section 3.1.1: syntactically right.
    "wsinv": TAKEN,
    "intmeth": 501,
    "esc01": TAKEN,
    "escnull": 405,
    "esc02": 501,
    "lwsdisp": TAKEN,
    "longreq": TAKEN,
    "dblreq": 405,
    "semiuri": TAKEN,
    "transports": TAKEN,
    "mpart01": 405,
    "unreason": TAKEN,
    "noreason": TAKEN,
    # 3.1.2: syntactically wrong.
    "badinv01": 400,
    "clerr": 400,
    "ncl": 400,
    "scalar02": 400,
    "scalarlg": DROPPED,
    "quotbal": 400,
    "ltgtruri": 400,
    "lwsruri": 400,
    "lwsstart": 400,
    "trws": 400,
    "escruri": 400,
    "baddate": TAKEN,
    "regbadct": 400,
    "badaspec": 400,
    "baddn": 400,
    "badvers": 505,
    "mismatch01": 400,
    "mismatch02": 400,
    "bigcode": DROPPED,
    # 3.2: for the transaction layer, which must not take two such branches for one.
    "badbranch": TAKEN,
    # 3.3: for the application.
    "insuf": DROPPED,
    "unkscm": 416,
    "novelsc": 416,
    "unksm2": 405,
    "bext01": 420,
    "invut": 415,
    "regaut01": 405,
    "multi01": 400,
    "mcl01": 400,
    # The transaction layer drops a response that has another's Via.
    "bcast": TAKEN,
    "zeromf": TAKEN,
    "cparam01": 405,
    "cparam02": 405,
    "regescrt": 405,
    "sdp01": 406,
    # 3.4: RFC 2543.
    "inv2543": TAKEN,
}


def torture(name: str) -> bytes:
    return (TORTURE / f"{name}.dat").read_bytes()


def outcome(data: bytes, datagram: bool = True) -> tuple[str | int, Message | None]:
    """What comes of a message, and the answer where one is due at once."""
    try:
        message = parse(data, datagram)
    except BadRequest as bad:
        return bad.status, response_to(bad.request, bad.status, bad.reason, "ours")
    except SipMessageError as error:
        assert str(error)
        return DROPPED, None
    refusal = screen(message) if isinstance(message, Request) else None
    if refusal is None:
        return TAKEN, message
    assert isinstance(message, Request)
    response = response_to(message, refusal.status, refusal.reason, "ours")
    for name, value in refusal.headers:
        response.add_header(name, value)
    return refusal.status, response


def taken(name: str) -> Message:
    return parse(torture(name))


def test_all_49_messages_are_in_the_table() -> None:
    assert OUTCOMES.keys() == {path.stem for path in TORTURE.glob("*.dat")}
    assert len(OUTCOMES) == 49


@pytest.mark.parametrize(("name", "expected"), OUTCOMES.items(), ids=OUTCOMES.keys())
def test_each_is_taken_refused_or_dropped(name: str, expected: str | int) -> None:
    result, answer = outcome(torture(name))
    assert result == expected
    if isinstance(expected, int):
        assert answer is not None
        assert isinstance(answer, Response)
        assert bytes(answer).startswith(f"SIP/2.0 {expected} {answer.reason_phrase}\r\nVia: ".encode())
        # The sender knows it for the answer to what he sent.
        sent = torture(name).decode("utf-8", "replace")
        assert all(f": {answer.get_header(header)}" in sent for header in ("call-id", "cseq", "from"))
        assert answer.via[0].host == "192.0.2.30"


@pytest.mark.parametrize("name", OUTCOMES)
@pytest.mark.parametrize("datagram", [True, False], ids=["datagram", "stream"])
def test_a_message_that_is_cut_anywhere_is_nothing_worse(name: str, datagram: bool) -> None:
    data = torture(name)
    for size in range(0, len(data), 11):
        outcome(data[:size], datagram)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(OUTCOMES)), st.integers(0, 7000), st.binary(max_size=4), st.integers(0, 4))
def test_a_message_with_bytes_changed_anywhere_is_nothing_worse(name: str, at: int, new: bytes, old: int) -> None:
    data = torture(name)
    at %= len(data)
    _, answer = outcome(data[:at] + new + data[at + old :])
    bytes(answer or b"")


def test_wsinv_is_read_through_its_folds_and_spaces() -> None:
    message = taken("wsinv")
    assert [(via.transport, via.host, via.branch) for via in message.via] == [
        ("UDP", "192.0.2.30", "oldstyle"),
        ("TCP", "hop.example.net", "z9hG4bK-two"),
        ("UDP", "198.51.100.7", "z9hG4bK-three"),
    ]
    assert message.from_addr == parse_address('"A \\\\\\" B" <sip:2002@example.net>;tag=from-wsinv')
    assert message.from_addr.display_name == 'A \\" B'
    assert tag_of(message.to_addr) == "to-wsinv"
    assert message.cseq is not None
    assert (message.cseq.seq, message.cseq.method) == (47, "INVITE")
    (contact,) = message.contact
    assert contact.display_name == 'Quote ""'
    assert contact.params == {"parameter": "value", "flag": None, "q": "0.33"}
    assert message.get_header("subject") == ""
    assert message.get_header("unheard-of") == "one line and another"
    assert message.get_header_values("odd-value") == [";;,,;;,;"]
    assert message.body.startswith(b"v=0\r\n")


def test_intmeth_has_the_characters_that_it_has() -> None:
    message = taken("intmeth")
    assert isinstance(message, Request)
    assert message.method == "very-!Strange0123456789_*+`.%method'~"
    assert parse_uri(message.uri).host == "example.net"
    assert user_of(parse_uri(message.uri)) == "0_odd.User~(is-it!so)&can't+be$/why?,/;;*"
    assert message.to_addr is not None
    assert message.to_addr.display_name == "BEL:\x07 NUL:\x00 DEL:\x7f"
    assert message.from_addr is not None
    assert message.from_addr.display_name == "one~` two'+_ three*%!.-"
    assert message.from_addr.params["odd''~+*_!.-%"] == '"слово"'
    assert tag_of(message.from_addr) == "_from~1'+`*%!-."
    assert message.via[0].branch == "z9hG4bK-.!%66*_+`'~"
    assert message.call_id == "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"


def test_esc01_is_unescaped_once_and_where_that_counts() -> None:
    message = taken("esc01")
    assert isinstance(message, Request)
    assert user_of(parse_uri(message.uri)) == "sips:1001@example.net"
    assert message.to_addr is not None
    assert user_of(message.to_addr.uri) == "1001"
    assert message.from_addr is not None
    assert user_of(message.from_addr.uri) == "with some spaces"
    # %6C%72 is lr, and the value stays escaped: its %25%34%31 is no A.
    assert message.contact[0].uri.params == {"lr": None, "name": "v%61lue%25%34%31"}


def test_escnull_has_two_contacts_and_loses_nothing_behind_a_nul() -> None:
    message = taken("escnull")
    assert [user_of(contact.uri) for contact in message.contact] == ["\0", "\0\0"]
    assert message.to_addr is not None
    assert user_of(message.to_addr.uri) == "a-\0-b"


def test_esc02_has_two_contacts_and_its_names_are_not_unescaped() -> None:
    message = taken("esc02")
    assert [contact.uri.user for contact in message.contact] == ["one", "three"]
    assert message.from_addr is not None
    assert message.from_addr.display_name == "%Z%45"


def test_longreq_is_whole() -> None:
    message = taken("longreq")
    assert len(message.via) == 35
    assert len(tag_of(message.from_addr)) == 300
    assert len(message.contact) == 1


def test_dblreq_ends_where_it_ends() -> None:
    message = taken("dblreq")
    assert isinstance(message, Request)
    assert (message.method, message.body) == ("REGISTER", b"")


def test_semiuri_has_its_semicolon_in_the_user() -> None:
    message = taken("semiuri")
    assert isinstance(message, Request)
    uri = parse_uri(message.uri)
    assert (user_of(uri), uri.host, uri.params) == ("1001;par=u@example.net", "example.com", {})


def test_mpart01_keeps_every_byte_of_its_body() -> None:
    assert bytes(range(256)) in taken("mpart01").body


@pytest.mark.parametrize(("name", "reason"), [("unreason", "= 10**2 * 2 すべて良好"), ("noreason", "")])
def test_reason_phrases_come_as_they_are(name: str, reason: str) -> None:
    message = taken(name)
    assert isinstance(message, Response)
    assert message.reason_phrase == reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("badinv01", "Malformed Via"),
        ("clerr", "Body Shorter Than Content-Length"),
        ("ncl", "Malformed Content-Length"),
        ("mcl01", "More Than One Content-Length"),
        ("scalar02", "Malformed CSeq"),
        ("quotbal", "Malformed To"),
        ("ltgtruri", "Malformed Request-URI"),
        ("lwsruri", "Malformed Request-URI"),
        ("lwsstart", "Spaces In Request-Line"),
        ("trws", "Spaces In Request-Line"),
        ("escruri", "Headers In Request-URI"),
        ("badvers", "Version Not Supported"),
        ("mismatch01", "CSeq Of Another Method"),
        ("multi01", "More Than One From"),
    ],
)
def test_a_refusal_says_what_was_wrong(name: str, reason: str) -> None:
    _, answer = outcome(torture(name))
    assert isinstance(answer, Response)
    assert answer.reason_phrase == reason


def test_bext01_is_told_what_is_unsupported_and_nothing_of_what_is_for_proxies() -> None:
    _, answer = outcome(torture("bext01"))
    assert answer is not None
    assert answer.get_header_values("unsupported") == ["neverheard, neverheardeither"]


def test_cparam_is_a_parameter_of_the_contact_or_of_its_uri() -> None:
    header, uri = taken("cparam01").contact[0], taken("cparam02").contact[0]
    assert (header.params, header.uri.params) == ({"neverheard": None}, {})
    assert (uri.params, uri.uri.params) == ({}, {"neverheard": None})


def test_regescrt_has_a_contact_with_a_header() -> None:
    assert taken("regescrt").contact[0].uri.headers == {"Route": "%3Csip:example.net%3E"}


def test_inv2543_has_no_tags_no_branch_and_all_its_body() -> None:
    message = taken("inv2543")
    assert (tag_of(message.from_addr), tag_of(message.to_addr), message.via[0].branch) == ("", "", None)
    assert message.contact == []
    # Without brackets, parameters are the header's.
    assert message.to_addr is not None
    assert message.to_addr.params == {"user": "phone"}
    assert message.body.endswith(b"m=audio 40000 RTP/AVP 0 8\r\n")


def test_a_stream_must_say_how_long_its_message_is() -> None:
    with pytest.raises(BadRequest) as caught:
        parse(torture("inv2543"), datagram=False)
    assert (caught.value.status, caught.value.reason) == (400, "No Content-Length")
