"""Messages as they pass, for whoever watches: those of the record server's control connection, and those of SIP."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal

from phone_recorder.control_api import Message
from phone_recorder.recording.server_destination import LinkEvent, Received, ServerLink
from phone_recorder.sip.tap import Address
from phone_recorder.sip.transport.blanking import blanked
from phone_recorder.sip.transport.trace import is_text, shown

LONGEST = 16_384
"""Characters of a message that are told."""

Tell = Callable[[Message], None]


class SipTap:
    """A tap on the phone's SIP. `own` tells this phone's port: what comes from there was sent."""

    def __init__(self, own: Callable[[], int], tell: Tell) -> None:
        self._own = own
        self._tell = tell

    def packet(self, transport: Literal["UDP", "TCP", "TLS"], source: Address, target: Address, data: bytes) -> None:
        """A SIP message; keep-alives and what is no text are left out."""
        if not is_text(data):
            return
        sent = source[1] == self._own()
        self._tell(_message("sip", sent, f"{shown(target if sent else source)} {transport}", blanked(data)))


class TappedLink:
    """A link to a record server whose control messages are told."""

    def __init__(self, link: ServerLink, peer: str, tell: Tell) -> None:
        self._link = link
        self._peer = peer
        self._tell = tell

    def open(self) -> None:
        self._link.open()

    def events(self) -> Iterable[LinkEvent]:
        for event in self._link.events():
            if isinstance(event, Received):
                self._tell(_message("control", False, self._peer, event.data))
            yield event

    def send(self, data: bytes) -> None:
        self._tell(_message("control", True, self._peer, data))
        self._link.send(data)

    def media_to(self, host: str, port: int) -> None:
        self._link.media_to(host, port)

    def send_media(self, packets: list[bytes]) -> None:
        self._link.send_media(packets)

    def close(self) -> None:
        self._link.close()


def _message(protocol: Literal["control", "sip"], sent: bool, peer: str, data: bytes) -> Message:
    text = data.decode("utf-8", "replace")[:LONGEST]
    return Message(protocol, sent, datetime.now().isoformat(timespec="milliseconds"), peer, text)
