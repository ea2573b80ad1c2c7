"""Packets that are kept for a capture, as they pass: between addresses that stand for who is who."""

from __future__ import annotations

from collections.abc import Iterator

from phone_recorder.adapters.clock import Clock
from phone_recorder.harness.evidence import Carried, Passed
from phone_recorder.phone.party import Datagram, Party
from phone_recorder.recording.server_destination import LinkEvent, Received, ServerLink
from phone_recorder.wire.network import Address

# Of the networks for documentation (RFC 5737).
PHONE = "192.0.2.1"
NEAR: Address = ("192.0.2.2", 11700)
"""The handset, which is wired to the phone."""
FAR: Address = ("192.0.2.3", 11800)
SERVER: Address = ("192.0.2.4", 10000)
SIP_SERVER: Address = ("192.0.2.5", 5060)
PORTS = {NEAR: 11700, FAR: 11800, SERVER: 40000, SIP_SERVER: 5060}
"""The phone's own port for each of them."""
MEDIA = 11900
"""Where the phone sends its recordings from."""


class Kept:
    """What has been carried so far. Unless it `keeps`, taps are not put anywhere."""

    def __init__(self, clock: Clock, keeps: bool) -> None:
        self.carried: list[Carried] = []
        self._clock = clock
        self._keeps = keeps

    def party(self, party: Party, source: Address) -> Party:
        """The party, with a tap where its packets reach the phone."""
        return _TappedParty(party, source, self.carried) if self._keeps else party

    def link(self, link: ServerLink) -> ServerLink:
        """The link, with a tap at the phone."""
        return _TappedLink(link, self) if self._keeps else link

    def sip(self, message: Passed) -> None:
        """A message of SIP, as far as the script has words for it."""
        if self._keeps:
            self.between(SIP_SERVER, message.sent, message.text.encode(), udp=True)

    def between(self, other: Address, sent: bool, data: bytes, udp: bool = False) -> None:
        """A packet that passes now."""
        ours = (PHONE, PORTS[other])
        source, target = (ours, other) if sent else (other, ours)
        self.carried.append(Carried(self._clock.now(), "UDP" if udp else "TCP", source, target, data))

    def media(self, port: int, packets: list[bytes]) -> None:
        """RTP of a recording, to a port of the server."""
        now, source, target = self._clock.now(), (PHONE, MEDIA), (SERVER[0], port)
        self.carried += [Carried(now, "UDP", source, target, packet) for packet in packets]


class _TappedParty:
    def __init__(self, party: Party, source: Address, carried: list[Carried]) -> None:
        self._party = party
        self._source = source
        self._target = (PHONE, PORTS[source])
        self._carried = carried

    def packets(self, until: int) -> list[Datagram]:
        packets = self._party.packets(until)
        self._carried += [Carried(instant, "UDP", self._source, self._target, data) for instant, data in packets]
        return packets


class _TappedLink:
    def __init__(self, link: ServerLink, kept: Kept) -> None:
        self._link = link
        self._kept = kept
        self._port = 0

    def open(self) -> None:
        self._link.open()

    def events(self) -> Iterator[LinkEvent]:
        for event in self._link.events():
            if isinstance(event, Received):
                self._kept.between(SERVER, False, event.data)
            yield event

    def send(self, data: bytes) -> None:
        self._kept.between(SERVER, True, data)
        self._link.send(data)

    def media_to(self, host: str, port: int) -> None:
        self._port = port
        self._link.media_to(host, port)

    def send_media(self, packets: list[bytes]) -> None:
        self._kept.media(self._port, packets)
        self._link.send_media(packets)

    def close(self) -> None:
        self._link.close()
