"""What each message says of this phone."""

from __future__ import annotations

import pytest

from phone_recorder.sip.account import Account
from phone_recorder.sip.call.ground import describe, sdp_of
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.message import Request, SipUri
from tests.sip.call_rig import Rig

SERVER = SipUri(host="192.0.2.9")


@pytest.mark.parametrize(
    ("account", "hop", "contact"),
    [
        (Account("alice", host="h"), Hop("UDP", "192.0.2.9", 5060), "sip:alice@192.0.2.1:5060"),
        (Account("alice", registrar=SERVER), Hop("TCP", "192.0.2.9", 5060), "sip:alice@192.0.2.1:5060;transport=tcp"),
        (Account("alice", registrar=SERVER), Hop("TLS", "192.0.2.9", 5061), "sip:alice@192.0.2.1:5060;transport=tls"),
        (
            Account("a b#<ü", registrar=SipUri("sips", host="h")),
            Hop("TLS", "192.0.2.9", 5061),
            "sips:a%20b%23%3C%C3%BC@192.0.2.1:5060",
        ),
    ],
)
def test_a_contact_says_how_this_phone_is_reached(account: Account, hop: Hop, contact: str) -> None:
    phone = Rig().phone("alice", "192.0.2.1", account)
    assert phone.agent.contact(hop) == contact


def test_an_address_of_ipv6_has_its_brackets() -> None:
    phone = Rig().phone("alice", "2001:db8::1")
    assert phone.agent.contact(Hop("UDP", "2001:db8::9", 5060)) == "sip:alice@[2001:db8::1]:5060"
    assert phone.agent.local_host(Hop("UDP", "2001:db8::9", 5060)) == "2001:db8::1"


@pytest.mark.parametrize(
    ("kind", "found"),
    [("application/sdp", True), ("Application/SDP; charset=utf-8", True), ("text/plain", False), ("", True)],
)
def test_a_body_is_a_description_if_it_says_so_or_nothing(kind: str, found: bool) -> None:
    request = Request(method="INVITE", body=b"v=0")
    if kind:
        request.set_header("Content-Type", kind)
    assert (sdp_of(request) == b"v=0") is found


def test_no_body_is_no_description() -> None:
    request = Request(method="INVITE")
    assert sdp_of(request) is None
    describe(request, b"v=0\r\n")
    assert (sdp_of(request), request.content_type) == (b"v=0\r\n", "application/sdp")
