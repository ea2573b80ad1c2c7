"""Messages as they pass are told, with secrets blanked, and go on unchanged."""

from __future__ import annotations

from collections.abc import Iterator

from phone_recorder.control_api import Message
from phone_recorder.desk.taps import LONGEST, SipTap, TappedLink
from phone_recorder.recording.server_destination import Closed, LinkEvent, Opened, Received

REGISTER = b'REGISTER sip:x SIP/2.0\r\nAuthorization: Digest username="u", response="0123456789abcdef"\r\n\r\n'


class Link:
    """A link that notes what it is asked."""

    def __init__(self) -> None:
        self.done: list[object] = []

    def open(self) -> None:
        self.done.append("open")

    def events(self) -> Iterator[LinkEvent]:
        yield from (Opened("192.0.2.1"), Received(b"cmd=RecordStopResponse"), Closed("gone"))

    def send(self, data: bytes) -> None:
        self.done.append(data)

    def media_to(self, host: str, port: int) -> None:
        self.done.append((host, port))

    def send_media(self, packets: list[bytes]) -> None:
        self.done.append(packets)

    def close(self) -> None:
        self.done.append("close")


def test_control_messages_are_told_and_go_on() -> None:
    link, told = Link(), list[Message]()
    tapped = TappedLink(link, "192.0.2.1:10000", told.append)
    tapped.open()
    tapped.send(b"cmd=RecordStartRequest&id=1")
    tapped.media_to("192.0.2.1", 20000)
    tapped.send_media([b"rtp"])
    assert len(list(tapped.events())) == 3
    tapped.close()
    assert link.done == ["open", b"cmd=RecordStartRequest&id=1", ("192.0.2.1", 20000), [b"rtp"], "close"]
    assert [(one.protocol, one.sent, one.peer, one.text) for one in told] == [
        ("control", True, "192.0.2.1:10000", "cmd=RecordStartRequest&id=1"),
        ("control", False, "192.0.2.1:10000", "cmd=RecordStopResponse"),
    ]


def test_sip_messages_are_told_without_secrets() -> None:
    told: list[Message] = []
    tap = SipTap(lambda: 5060, told.append)
    tap.packet("UDP", ("192.0.2.2", 5060), ("192.0.2.1", 5070), REGISTER)
    tap.packet("TLS", ("192.0.2.1", 5070), ("192.0.2.2", 5060), b"SIP/2.0 200 OK\r\n\r\n")
    assert [(one.sent, one.peer) for one in told] == [(True, "192.0.2.1:5070 UDP"), (False, "192.0.2.1:5070 TLS")]
    assert "0123456789abcdef" not in told[0].text and "REGISTER sip:x" in told[0].text


def test_what_is_no_text_is_not_told() -> None:
    told: list[Message] = []
    SipTap(lambda: 5060, told.append).packet("UDP", ("a", 1), ("b", 2), b"\x00\x00\x00\x00")
    assert told == []


def test_a_long_message_is_cut() -> None:
    told: list[Message] = []
    TappedLink(Link(), "x", told.append).send(b"a" * (LONGEST + 1))
    assert len(told[0].text) == LONGEST
