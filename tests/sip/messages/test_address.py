"""URIs, addresses and Vias: read, written back, and whatever they are not refused (RFC 3261 sections 19.1, 20, 25)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.errors import SipMessageError
from phone_recorder.sip.messages.address import (
    bare,
    parse_address,
    parse_params,
    parse_uri,
    parse_via,
    quoted,
    split,
    stringify_address,
    stringify_uri,
    stringify_via,
    unquoted,
    user_of,
)
from phone_recorder.sip.messages.message import Address, SipUri, Via

URIS = {
    "sip:example.net": SipUri("sip", None, "example.net"),
    "sip:1001@example.net": SipUri("sip", "1001", "example.net"),
    "sips:1001@example.net:5061;transport=tcp;lr": SipUri(
        "sips", "1001", "example.net", 5061, {"transport": "tcp", "lr": None}
    ),
    "sip:1001:pass@192.0.2.1": SipUri("sip", "1001:pass", "192.0.2.1"),
    "sip:1001@[2001:db8::1]:5070": SipUri("sip", "1001", "[2001:db8::1]", 5070),
    "sip:a;b=c?d@example.net": SipUri("sip", "a;b=c?d", "example.net"),
    "sip:1001@example.net;x=y?Subject=hello&Priority=urgent": SipUri(
        "sip", "1001", "example.net", None, {"x": "y"}, {"Subject": "hello", "Priority": "urgent"}
    ),
    "tel:+49-30-112": SipUri("tel", "+49-30-112"),
    "tel:112;phone-context=+49": SipUri("tel", "112", params={"phone-context": "+49"}),
    "http://www.example.net/?a=b;c": SipUri("http", "//www.example.net/?a=b;c"),
}

ADDRESSES = {
    "<sip:1001@h>": Address(None, SipUri("sip", "1001", "h")),
    '"Anna" <sip:1001@h>;tag=x': Address("Anna", SipUri("sip", "1001", "h"), {"tag": "x"}),
    '"<a>, \\"b\\"; \\\\" <sip:1001@h;lr>;tag=x;flag': Address(
        '<a>, "b"; \\', SipUri("sip", "1001", "h", None, {"lr": None}), {"tag": "x", "flag": None}
    ),
    '"张三" <tel:112>': Address("张三", SipUri("tel", "112")),
    '"A" <sip:1001@h>;x="a;b,c\\"d"': Address("A", SipUri("sip", "1001", "h"), {"x": '"a;b,c\\"d"'}),
}

VIAS = {
    "SIP/2.0/UDP 192.0.2.1": Via("SIP/2.0", "UDP", "192.0.2.1"),
    "SIP/2.0/TLS example.net:5061;branch=z9hG4bK1;rport": Via(
        "SIP/2.0", "TLS", "example.net", 5061, {"branch": "z9hG4bK1", "rport": None}
    ),
    "SIP/2.0/TCP [2001:db8::1]:5070;received=2001:db8::2": Via(
        "SIP/2.0", "TCP", "[2001:db8::1]", 5070, {"received": "2001:db8::2"}
    ),
}


@pytest.mark.parametrize(("text", "uri"), URIS.items())
def test_uris_are_read_and_written_back(text: str, uri: SipUri) -> None:
    assert parse_uri(text) == uri
    assert stringify_uri(uri) == text


@pytest.mark.parametrize(("text", "address"), ADDRESSES.items())
def test_addresses_are_read_and_written_back(text: str, address: Address) -> None:
    assert parse_address(text) == address
    assert stringify_address(address) == text


@pytest.mark.parametrize(("text", "via"), VIAS.items())
def test_vias_are_read_and_written_back(text: str, via: Via) -> None:
    assert parse_via(text) == via
    assert stringify_via(via) == text


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("sip:1001@h;user=phone;tag=x", "<sip:1001@h>;user=phone;tag=x"),
        ("Anna B <sip:1001@h> ; tag = x ", '"Anna B" <sip:1001@h>;tag=x'),
        ("张三<sip:1001@h>", '"张三" <sip:1001@h>'),
        ("Anna (office) <sip:1001@h>", '"Anna (office)" <sip:1001@h>'),
        ('""<SIP:1001@h;LR>;TAG=X', "<sip:1001@h;lr>;tag=X"),
        ("<sip:1001@h>;", "<sip:1001@h>"),
        ("<sip:1001@h>;; tag=x ; ", "<sip:1001@h>;tag=x"),
    ],
)
def test_other_ways_to_write_an_address_are_read_as_the_same(text: str, same: str) -> None:
    assert parse_address(text) == parse_address(same)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("sip:bob:secret@h:5080;transport=tcp?Subject=x", "sip:bob@h:5080"),
        ("sips:h", "sips:h"),
        ("tel:+4930;ext=1", "tel:+4930"),
        ("urn:service:sos", "urn:service:sos"),
    ],
)
def test_who_is_meant_is_the_uri_without_the_rest(text: str, who: str) -> None:
    assert stringify_uri(bare(parse_uri(text))) == who


def test_spaces_around_the_slashes_of_a_via_are_none() -> None:
    via = parse_via(" sip / 2.0 / udp   example.net : 5060 ; branch = z9hG4bK1 ; rport")
    assert via == Via("SIP/2.0", "UDP", "example.net", 5060, {"branch": "z9hG4bK1", "rport": None})


def test_an_ipv6_host_gets_its_brackets() -> None:
    assert stringify_uri(SipUri("sip", None, "2001:db8::1", 5060)) == "sip:[2001:db8::1]:5060"
    assert stringify_via(Via(host="2001:db8::1")) == "SIP/2.0/UDP [2001:db8::1]"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1001",
        "sip:",
        "sip:@h",
        "sip:a@",
        "sip:a b@h",
        "sip:a@h:",
        "sip:a@h:70000",
        "sip:a@h:x",
        "sip:a@h;a b",
        "sip:a@h@h",
        "sip:a@[h",
        "sip:a@h;;x",
        "sip:a@h;=x",
        "sip:a\0@h",
        "sip:a@h;x=\x7f",
        "<sip:a@h>",
        "tel:",
        ":x",
        "1ab:x",
        "sip:a@h\r\nX: y",
    ],
)
def test_what_is_no_uri_is_said_to_be_none(text: str) -> None:
    with pytest.raises(SipMessageError):
        parse_uri(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "Anna",
        '"Anna <sip:a@h>',
        '"Anna" B <sip:a@h>',
        "Anna, B <sip:a@h>",
        "<sip:a@h",
        "< sip:a@h>",
        "<sip:a@h>>",
        "<sip:a@h>x",
        "<sip:a@h>;=x",
        "<sip:a@h>;tag=",
        '<sip:a@h>;tag="x',
        "<sip:a@h> <sip:b@h>",
        "sip:a@h?x=y",
        "sip:a,b@h",
    ],
)
def test_what_is_no_address_is_said_to_be_none(text: str) -> None:
    with pytest.raises(SipMessageError):
        parse_address(text)


@pytest.mark.parametrize(
    "text",
    ["", "SIP/2.0/UDP", "SIP/2.0 h", "SIP/2.0/UDP h:99999", "SIP/2.0/UDP h;=x", "SIP/2.0/UDP h x", "SIP/2.0/UDP h;a b"],
)
def test_what_is_no_via_is_said_to_be_none(text: str) -> None:
    with pytest.raises(SipMessageError):
        parse_via(text)


@pytest.mark.parametrize("parse", [parse_uri, parse_address, parse_via, parse_params])
def test_an_error_shows_nothing_that_steers_a_terminal(parse: Callable[[str], object]) -> None:
    with pytest.raises(SipMessageError) as caught:
        parse("\x1b[2J \N{RIGHT-TO-LEFT OVERRIDE}" + "x" * 1000)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_a_user_is_shown_without_escapes_and_password() -> None:
    assert user_of(parse_uri("sip:%2B4930:secret@h")) == "+4930"
    assert user_of(parse_uri("sip:h")) == ""
    assert user_of(parse_uri("tel:112;x=y")) == "112"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", [""]),
        ("a, b ,,c", ["a", "b", "", "c"]),
        ('"a,b" <c,d>, "e\\",f"', ['"a,b" <c,d>', '"e\\",f"']),
        ('a, "b, c', ["a", '"b, c']),
        ("<a, b>, <c, d", ["<a, b>", "<c", "d"]),
    ],
)
def test_a_list_is_cut_between_its_values_only(text: str, parts: list[str]) -> None:
    assert split(text, ",") == parts


def test_what_cannot_stand_in_a_header_does_not_leave_quotes() -> None:
    assert quoted('a\r\nX: y"\\\x00') == '"a  X: y\\"\\\\ "'
    assert quoted("a\udce4") == '"a?"'


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_a_quoted_text_comes_back(text: str) -> None:
    assert unquoted(quoted(text)) == text
    assert unquoted("plain") == "plain"
    address = Address(text.strip() or None, SipUri("sip", "1001", "h"), {"tag": "x"})
    assert parse_address(stringify_address(address)) == address


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet='sip:tel<>"\\;=,@?[]/ 2.0UDP%', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_uri, parse_address, parse_via, parse_params):
        try:
            parse(text)
        except SipMessageError as error:
            assert str(error)
    assert split(text, ",")


@pytest.mark.parametrize("piece", ['"', '\\"', " ", "<", ";", ";=", "a=", '="', "@", ":", "sip:", ";a ", "/ ", "a/"])
@pytest.mark.parametrize("start", ["", "sip:a@h", "<sip:a@h>", "SIP/2.0/UDP h", "SIP/2.0/UDP ", "SIP ", '"'])
def test_no_text_takes_longer_than_it_is_long(start: str, piece: str) -> None:
    text = start + piece * (60000 // len(piece)) + "\0"
    before = perf_counter()
    for parse in (parse_uri, parse_address, parse_via, parse_params):
        with suppress(SipMessageError):
            parse(text)
    split(text, ",")
    # Quadratic would be minutes.
    assert perf_counter() - before < 2
