"""Who the phone says it is, as text for From, To, Route and the request URI."""

from __future__ import annotations

from uuid import UUID

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.sip.account import Account, new_instance
from phone_recorder.sip.authentication.authentication import Credentials
from phone_recorder.sip.messages.message import parse_uri

REGISTRAR = parse_uri("sip:pbx.example.com:5080;transport=tcp")


@pytest.mark.parametrize(
    ("account", "aor"),
    [
        (Account("1001", registrar=REGISTRAR), "sip:1001@pbx.example.com:5080"),
        (Account("1001", registrar=parse_uri("sips:pbx.example.com")), "sips:1001@pbx.example.com"),
        (Account("1001", registrar=parse_uri("sip:[2001:db8::9]")), "sip:1001@[2001:db8::9]"),
        (Account("1001", host="192.0.2.1"), "sip:1001@192.0.2.1"),
        (Account("1001", host="2001:db8::1"), "sip:1001@[2001:db8::1]"),
        (Account("anna b@home", host="h"), "sip:anna%20b%40home@h"),
        (Account("é", host="h"), "sip:%C3%A9@h"),
        (Account("+49;x=1", host="h"), "sip:+49;x=1@h"),
    ],
)
def test_the_address_of_record_is_the_user_where_the_registrar_is(account: Account, aor: str) -> None:
    assert account.aor == aor
    assert parse_uri(aor).host in ("pbx.example.com", "[2001:db8::9]", "192.0.2.1", "[2001:db8::1]", "h")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", "<sip:1@h>"),
        ("Anna", '"Anna" <sip:1@h>'),
        ('A "B" \\', '"A \\"B\\" \\\\" <sip:1@h>'),
        ("王小明", '"王小明" <sip:1@h>'),
    ],
)
def test_a_display_name_is_quoted(name: str, text: str) -> None:
    assert Account("1", name, host="h").name_addr == text


def test_the_registrars_uri_keeps_port_and_transport_and_has_no_user() -> None:
    assert Account("1", registrar=REGISTRAR).registrar_uri == "sip:pbx.example.com:5080;transport=tcp"
    with_user = Account("1", registrar=parse_uri("sip:someone@pbx.example.com"))
    assert with_user.registrar_uri == "sip:pbx.example.com"


@pytest.mark.parametrize(
    ("proxy", "route"),
    [
        ("", ""),
        ("192.0.2.5", "<sip:192.0.2.5;lr>"),
        ("[2001:db8::5]:5070", "<sip:[2001:db8::5]:5070;lr>"),
        ("sip:p.example.com;transport=tcp", "<sip:p.example.com;transport=tcp;lr>"),
        ("SIPS:p.example.com;LR", "<SIPS:p.example.com;LR>"),
    ],
)
def test_a_proxy_becomes_a_loose_route(proxy: str, route: str) -> None:
    assert Account("1", proxy=proxy).route == route


def test_each_run_of_the_phone_is_another_instance() -> None:
    one, other = new_instance(), new_instance()
    assert one != other
    assert UUID(one).urn == one


@pytest.mark.parametrize(
    ("user", "name", "proxy", "expires", "text"),
    [
        ("", "", "", 300, "a SIP account needs a user"),
        ("1\r\nX: y", "", "", 300, "the SIP account's user has a control character in it"),
        ("1", "A\nB", "", 300, "the SIP account's display name has a control character in it"),
        ("1", "", "p\r\n", 300, "the SIP account's proxy has a control character in it"),
        ("1", "", "", 0, "a registration cannot last 0 s"),
    ],
)
def test_what_would_spoil_a_message_is_refused(user: str, name: str, proxy: str, expires: int, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Account(user, name, proxy=proxy, expires_s=expires)
    assert str(caught.value) == text


def test_the_password_is_not_shown() -> None:
    assert "hush" not in repr(Account("1", credentials=Credentials("1", "hush")))
