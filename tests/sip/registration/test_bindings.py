"""Which of a registrar's bindings is ours, how long it lasts, and which one was ours in an earlier life."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.sip.messages.message import Response, parse, parse_uri
from phone_recorder.sip.registration.bindings import MOST_STALE, Kept, kept, place, seconds

CONTACT = "sip:1001@192.0.2.1:5060"
INSTANCE = "urn:uuid:00000000-0000-1000-8000-001122334455"
OURS = f'+sip.instance="<{INSTANCE}>"'
VIA = "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;received=198.51.100.7;rport=61000"


def ok(*headers: str) -> Response:
    lines = ["SIP/2.0 200 OK", f"Via: {VIA}", "From: <sip:1@h>;tag=a", "To: <sip:1@h>;tag=b", "Call-ID: c"]
    message = parse("\r\n".join([*lines, "CSeq: 1 REGISTER", *headers, "Content-Length: 0", "", ""]).encode())
    assert isinstance(message, Response)
    return message


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], Kept(300)),
        (["Expires: 60"], Kept(60)),
        (["Expires: 9999"], Kept(300)),
        (["Expires: 0"], Kept(0)),
        (["Expires: soon"], Kept(300)),
        ([f"Contact: <{CONTACT}>"], Kept(300)),
        ([f"Contact: <{CONTACT}>;expires=50", "Expires: 200"], Kept(50)),
        ([f"Contact: <{CONTACT}>", "Expires: 200"], Kept(200)),
        ([f"Contact: <{CONTACT}>;expires=0"], Kept(0)),
        ([f"Contact: <{CONTACT}>;expires=-1"], Kept(300)),
        ([f"Contact: <{CONTACT}>;expires=4294967296123"], Kept(300)),
        ([f"Contact: <{CONTACT}>;expires=50, <{CONTACT}>;expires=70"], Kept(70)),
        ([f"Contact: {CONTACT};expires=50"], Kept(50)),
        (["Contact: <sip:1001@192.0.2.1>;expires=50"], Kept(50)),
        (["Contact: <sip:%31001@192.0.2.1:5060;transport=UDP;ob>;expires=50"], Kept(50)),
        (["Contact: <sip:1002@192.0.2.1:5060>;expires=50"], Kept(0)),
        (["Contact: <sip:1001@192.0.2.1:5062>;expires=50"], Kept(0)),
        (["Contact: <sip:1001@192.0.2.1:5060;transport=tcp>;expires=50"], Kept(0)),
        (["Contact: <sip:1001@192.0.2.2:5060>;expires=50", "Expires: 200"], Kept(0)),
        ([f"Contact: <sip:1001@203.0.113.9:1>;expires=50;{OURS}"], Kept(50)),
        (["Contact: <sip:1001@198.51.100.7:61000>;expires=50"], Kept(50)),
        (["Contact: <sip:1001@198.51.100.7:61001>;expires=50"], Kept(0)),
        (["Contact: <sip:1002@198.51.100.7:61000>;expires=50"], Kept(0)),
    ],
)
def test_our_binding_is_found_by_place_by_instance_or_by_where_we_are_seen(headers: list[str], expected: Kept) -> None:
    assert kept(ok(*headers), CONTACT, INSTANCE, 300) == expected


def test_bindings_of_this_phone_at_another_port_are_stale_and_those_of_others_are_not() -> None:
    old, other, ours = "sip:1001@192.0.2.1:40000", "sip:1001@192.0.2.1:7000", f"<{CONTACT}>;expires=90"
    response = ok(f"Contact: <{old}>;{OURS};expires=9, <{other}>;expires=9", f"Contact: {ours};{OURS}")
    assert kept(response, CONTACT, INSTANCE, 300) == Kept(90, (old,))
    assert kept(response, CONTACT, "", 300) == Kept(90)


def test_a_phone_at_another_address_is_none_of_ours_whatever_its_instance() -> None:
    response = ok(f"Contact: <sip:1001@192.0.2.2:5060>;{OURS};expires=9", f"Contact: <{CONTACT}>;{OURS};expires=90")
    assert kept(response, CONTACT, INSTANCE, 300) == Kept(90)


def test_where_our_own_is_not_told_from_an_old_one_nothing_is_stale() -> None:
    response = ok(f"Contact: <sip:1001@203.0.113.9:1>;expires=50;{OURS}, <sip:1001@203.0.113.9:2>;expires=299;{OURS}")
    assert kept(response, CONTACT, INSTANCE, 300) == Kept(299)


def test_a_registrar_cannot_make_us_remove_more_than_a_few() -> None:
    many = [f"Contact: <sip:1001@192.0.2.1:{6000 + n}>;{OURS}" for n in range(60)]
    assert len(kept(ok(f"Contact: <{CONTACT}>", *many), CONTACT, INSTANCE, 300).stale) == MOST_STALE


def test_an_instance_in_capitals_is_the_same() -> None:
    contact = f'Contact: <sip:1001@203.0.113.9:1>;expires=50;+sip.instance="<{INSTANCE.upper()}>"'
    assert kept(ok(contact), CONTACT, INSTANCE, 300) == Kept(50)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=' ,;<>"=:@sip*0129[]\\+.-xé', max_size=60))
def test_whatever_stands_in_a_contact_is_no_error(value: str) -> None:
    found = kept(ok(f"Contact: {value}"), CONTACT, INSTANCE, 300)
    assert 0 <= found.expires_s <= 300


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), (" 7 ", 7), ("7 (x)", 7), ("7;duration=9", 7), ("", 5), (None, 5), ("-7", 5), ("7.5", 5), ("\u0667", 5)],
)
def test_seconds_are_digits_and_what_follows_them_is_no_matter(text: str | None, number: int) -> None:
    assert seconds(text, 5) == number


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("sip:a@H", "sip:a@h:5060", True),
        ("sips:a@h", "sips:a@h:5061", True),
        ("sip:a@h;transport=tls", "sip:a@h:5061;transport=TLS", True),
        ("sip:a@[2001:db8::1]", "sip:a@[2001:DB8::1]:5060", True),
        ("sip:a@h", "sip:A@h", False),
        ("sip:a@h", "sips:a@h", False),
        ("sip:a@h", "sip:h", False),
    ],
)
def test_two_contacts_are_the_same_by_what_leads_to_the_phone(one: str, other: str, same: bool) -> None:
    assert (place(parse_uri(one)) == place(parse_uri(other))) is same
