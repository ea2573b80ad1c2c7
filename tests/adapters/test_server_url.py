from __future__ import annotations

import pytest

from phone_recorder.adapters.server_url import ServerUrl
from phone_recorder.errors import UsageError


@pytest.mark.parametrize(
    ("text", "parts", "shown"),
    [
        ("http://127.0.0.1:8088", ("http", "127.0.0.1", 8088, ""), "http://127.0.0.1:8088"),
        ("http://recorder", ("http", "recorder", 80, ""), "http://recorder"),
        ("HTTPS://Recorder.Example/", ("https", "recorder.example", 443, ""), "https://recorder.example"),
        ("https://[2001:db8::1]:8443", ("https", "2001:db8::1", 8443, ""), "https://[2001:db8::1]:8443"),
        ("https://example.org/calls/", ("https", "example.org", 443, "/calls"), "https://example.org/calls"),
        ("http://a/\N{LATIN SMALL LETTER E WITH ACUTE}%20", ("http", "a", 80, "/%C3%A9%20"), "http://a/%C3%A9%20"),
        ("http://\N{LATIN SMALL LETTER E WITH ACUTE}.example", ("http", "xn--9ca.example", 80, ""), None),
    ],
)
def test_a_url(text: str, parts: tuple[str, str, int, str], shown: str | None) -> None:
    url = ServerUrl.parse(text)
    assert (url.scheme, url.host, url.port, url.base) == parts
    assert str(url) == (shown or "http://xn--9ca.example")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "127.0.0.1:8088",
        "recorder",
        "http://",
        "http://:8088",
        "ftp://recorder",
        "file:///etc/passwd",
        "http://recorder:0",
        "http://recorder:65536",
        "http://recorder:x",
        "http://[::1",
        "http://a..b",
        "http://" + "x" * 64,
        "http://recorder/?token=x",
        "http://recorder/#x",
        "http://recorder\r\nHost: other",
        "http://rec order",
        "http://recorder\x1b[2J",
    ],
)
def test_what_is_no_servers_url(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a server's URL: write one such as http://127\.0\.0\.1") as caught:
        ServerUrl.parse(text)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("text", ["http://lee:secret@recorder", "http://lee@recorder", "http://:secret@recorder"])
def test_a_password_in_a_url_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(UsageError, match="a URL is no place for a password") as caught:
        ServerUrl.parse(text)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "loopback"),
    [
        ("http://127.0.0.1:1", True),
        ("http://127.9.9.9", True),
        ("http://[::1]", True),
        ("http://localhost", True),
        ("http://localhost.example", False),
        ("http://127.0.0.1.example", False),
        ("http://192.0.2.1", False),
    ],
)
def test_what_is_on_this_machine(text: str, loopback: bool) -> None:
    assert ServerUrl.parse(text).loopback is loopback
