from __future__ import annotations

from collections.abc import Callable

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.settings.forms import folder, host_name, listen_address, mac_address, port_span, sip_address, voice


@pytest.mark.parametrize(
    ("form", "text", "kept"),
    [
        (mac_address, "00:11:22:AA:bb:CC", "001122aabbcc"),
        (mac_address, "0011.22aa.bbcc", "001122aabbcc"),
        (host_name, "0.0.0.0", ""),
        (host_name, "[::1]", "::1"),
    ],
)
def test_some_texts_are_kept_in_another_form(form: Callable[[str], str], text: str, kept: str) -> None:
    assert form(text) == kept


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (sip_address, "sip:192.0.2.1"),
        (sip_address, "sips:example.com:5061"),
        (sip_address, "example.com"),
        (sip_address, "sip:1001@example.com;transport=tls"),
        (sip_address, "sip:[2001:db8::1]:5060;lr"),
        (host_name, "192.0.2.1"),
        (host_name, "server.example"),
        (host_name, "2001:db8::1"),
        (host_name, "fe80::1%eth0"),
        (listen_address, "192.0.2.1"),
        (listen_address, "0.0.0.0:5060"),
        (listen_address, "[::]:5060"),
        (port_span, "20000"),
        (port_span, "20000-29999"),
        (port_span, "20001-20002"),
        (voice, "tone:440"),
        (voice, "tone:3400:1"),
        (voice, "silence"),
        (voice, "none"),
        (voice, "my tone: a.wav"),
        (folder, "calls"),
        (folder, "/calls/2026/"),
    ],
)
def test_others_stay_as_they_are(form: Callable[[str], str], text: str) -> None:
    assert form(text) == text


@pytest.mark.parametrize(
    ("form", "text", "sentence"),
    [
        (mac_address, "00112233445", "is no MAC address: write 12 hex digits, such as 001122334455"),
        (mac_address, "00112233445g", "is no MAC address: write 12 hex digits, such as 001122334455"),
        (sip_address, "sip:", "is no SIP address: write one such as sip:192.0.2.1"),
        (sip_address, "sip", "is no SIP address: write one such as sip:192.0.2.1"),
        (sip_address, "mailto:a@b", "is no SIP address: write one such as sip:192.0.2.1"),
        (sip_address, "sip:a b", "is no SIP address: write one such as sip:192.0.2.1"),
        (sip_address, "<sip:a>", "is no SIP address: write one such as sip:192.0.2.1"),
        (host_name, "a:1", "is no address: write a name or an IP address alone, such as 192.0.2.1"),
        (host_name, "tcp://a", "is no address: write a name or an IP address alone, such as 192.0.2.1"),
        (host_name, "a b", "is no address: write a name or an IP address alone, such as 192.0.2.1"),
        (listen_address, ":5060", "is no address to listen at: write one such as 0.0.0.0:5060 or [::]:5060"),
        (listen_address, "::1:5060", "is no address to listen at: write one such as 0.0.0.0:5060 or [::]:5060"),
        (listen_address, "a:65536", "is no address to listen at: write one such as 0.0.0.0:5060 or [::]:5060"),
        (port_span, "80", "is no range from 1024 to 65535: write one such as 20000-29999"),
        (port_span, "3000-2000", "is no range from 1024 to 65535: write one such as 20000-29999"),
        (port_span, "20000-", "is no range from 1024 to 65535: write one such as 20000-29999"),
        (port_span, "20001", "has no even port, which RTP goes to: write a range such as 20000-29999"),
        (voice, "tone:5000", "is no tone: write tone:HZ with 20 to 3400 Hz, such as tone:440"),
        (voice, "tone:", "is no tone: write tone:HZ with 20 to 3400 Hz, such as tone:440"),
        (voice, "tone:440:2", "is no tone: write tone:HZ with 20 to 3400 Hz, such as tone:440"),
        (folder, "a/../b", "can be no folder on a USB drive: write names alone, such as calls/2026"),
        (folder, "a:b", "can be no folder on a USB drive: write names alone, such as calls/2026"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(form: Callable[[str], str], text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        form(text)
    assert str(caught.value) == f"{text!r} {sentence}"
