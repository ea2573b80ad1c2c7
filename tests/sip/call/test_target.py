"""What was dialled, as a URI."""

from __future__ import annotations

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.sip.account import Account
from phone_recorder.sip.call.target import called
from phone_recorder.sip.messages.message import SipUri

AT_SERVER = Account(user="1001", registrar=SipUri(host="pbx.example.com", port=5070))
AT_SECURE_SERVER = Account(user="1001", registrar=SipUri(scheme="sips", host="pbx.example.com"))
ALONE = Account(user="1001", host="192.0.2.1")


@pytest.mark.parametrize(
    ("dialled", "uri"),
    [
        ("1002", "sip:1002@pbx.example.com:5070"),
        (" +44 (20) 7946-0000 ", "sip:+442079460000@pbx.example.com:5070"),
        ("*21#", "sip:*21%23@pbx.example.com:5070"),
        ("tel:+44-20;ext=1", "sip:+4420@pbx.example.com:5070"),
        ("bob", "sip:bob@pbx.example.com:5070"),
        ("anna maria", "sip:anna%20maria@pbx.example.com:5070"),
        ("大堂", "sip:%E5%A4%A7%E5%A0%82@pbx.example.com:5070"),
        ("bob@example.org", "sip:bob@example.org"),
        ("sip:bob@192.0.2.9:5080;transport=tcp", "sip:bob@192.0.2.9:5080;transport=tcp"),
        ("SIPS:bob@[2001:db8::1]", "sips:bob@[2001:db8::1]"),
    ],
)
def test_a_number_is_the_servers_and_an_address_is_anybodys(dialled: str, uri: str) -> None:
    assert called(dialled, AT_SERVER) == uri


def test_a_secure_server_is_asked_securely() -> None:
    assert called("1002", AT_SECURE_SERVER) == "sips:1002@pbx.example.com"


def test_a_phone_without_a_server_calls_addresses_only() -> None:
    assert called("bob@192.0.2.2", ALONE) == "sip:bob@192.0.2.2"
    with pytest.raises(UsageError, match=r"sip:1002@HOST"):
        called("1002", ALONE)


@pytest.mark.parametrize("dialled", ["sip:bob@192.0.2.9?Subject=x", "bob@192.0.2.9;transport=udp?Replaces=y"])
def test_an_address_that_wants_headers_is_refused(dialled: str) -> None:
    with pytest.raises(UsageError, match="headers"):
        called(dialled, AT_SERVER)


@pytest.mark.parametrize(
    "dialled", ["", "  ", "sip:", "sip:bob@", "bob@exa mple", "sip:b@h\r\nX: y", "sip:b@h:99999", "mailto:bob@h"]
)
def test_what_is_no_address_is_refused(dialled: str) -> None:
    with pytest.raises(UsageError):
        called(dialled, AT_SERVER)
