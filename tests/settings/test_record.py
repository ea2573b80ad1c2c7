from __future__ import annotations

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.settings.record import RecordSettings, SipInfoSettings


def test_the_sip_server_is_asked_as_wire_md_says() -> None:
    settings = RecordSettings().sip_info
    assert (settings.header, settings.on, settings.off, settings.timeout_ms) == ("Record", "on", "off", 5000)


@pytest.mark.parametrize(("mode", "horizon_ms"), [("local", 1000), ("server", 60), ("sip_info", 60)])
def test_only_a_file_waits_long_for_a_late_packet(mode: str, horizon_ms: int) -> None:
    assert RecordSettings(mode=mode).horizon_ms == horizon_ms  # type: ignore[arg-type]


@pytest.mark.parametrize("header", ["Record", "X-Record", "P-Record.1", "a1", "Viable", "Touch", "R_!%*+`'~"])
@pytest.mark.parametrize("on", ["on", "1", "start; who=me", "http://a:1", "ein", "\u00e9t\u00e9"])
def test_other_texts_may_be_chosen(header: str, on: str) -> None:
    assert SipInfoSettings(header, on, "off").header == header


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        "Record:",
        "Re:cord",
        "Re cord",
        "Record ",
        "Rec\nord",
        "Record\r\nVia",
        "R\u00e9cord",
        "Rec\0ord",
        "(R)",
    ],
)
def test_what_can_be_no_headers_name_is_refused(header: str) -> None:
    with pytest.raises(UsageError, match="can be no SIP header's name") as caught:
        SipInfoSettings(header)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "header", ["Via", "CONTENT-LENGTH", "l", "I", "x", "call-id", "Record-Route", "Route", "Proxy-Authorization", "To"]
)
def test_a_header_that_sip_needs_itself_is_refused(header: str) -> None:
    with pytest.raises(UsageError, match=f"the SIP header {header} has a meaning of its own"):
        SipInfoSettings(header)


BAD = ["", " ", " on", "on ", "on\r\nVia: x", "on\n", "\ron", "o\0n", "o\tn", "o\x1bn", "o\u2028n", "o\x85n", "\udc80"]


@pytest.mark.parametrize("text", BAD)
@pytest.mark.parametrize("name", ["on", "off"])
def test_what_can_be_no_headers_value_is_refused(text: str, name: str) -> None:
    with pytest.raises(UsageError, match="can be no SIP header's value") as caught:
        SipInfoSettings(**{name: text})  # type: ignore[arg-type]
    assert str(caught.value).isprintable()


def test_on_and_off_must_differ() -> None:
    with pytest.raises(UsageError, match="cannot tell on from off if both are 'toggle'"):
        SipInfoSettings(on="toggle", off="toggle")
