"""The same voice in packets of another length."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from phone_recorder.errors import RtpError
from phone_recorder.phone.party import Datagram, Party
from phone_recorder.wire.payload import BY_PAYLOAD_TYPE
from phone_recorder.wire.rtp import SEQUENCE_MASK, TIMESTAMP_MASK, RtpPacket


@dataclass(slots=True)
class _Held:
    """A packet that is to be sent; None is a datagram that is none, and goes as it came."""

    instant: int
    data: bytes
    packet: RtpPacket | None


def parsed(data: bytes) -> RtpPacket | None:
    """The packet; None for a datagram that is no RTP."""
    try:
        return RtpPacket.parse(data)
    except RtpError:
        return None


class Repacketised:
    """Joins and cuts the audio of a party into packets of `frame` units, which may be set at any time.

    A packet leaves when its first byte did or would have: the party is asked a packet ahead. Audio that does not go on,
    as when silence is not sent, leaves in a shorter one. Each packet more or less counts in the sequence.
    """

    def __init__(self, party: Party, frame: int) -> None:
        self.frame = frame
        self._party = party
        self._held: deque[_Held] = deque()
        self._shift = 0  # of the sequence

    def packets(self, until: int) -> list[Datagram]:
        """What is sent before this instant and has not been given before."""
        ahead = self._party.packets(until + self.frame)
        self._held += [_Held(instant, data, parsed(data)) for instant, data in ahead]
        out = []
        while self._held and self._held[0].instant < until:
            out.append(self._next())
        return out

    def _next(self) -> Datagram:
        first = self._held.popleft()
        if first.packet is None:
            return first.instant, first.data
        sequence, packet = first.packet.sequence + self._shift, first.packet
        if packet.payload_type in BY_PAYLOAD_TYPE:
            packet = self._cut(first.instant, self._joined(first.instant, packet))
        return first.instant, bytes(replace(packet, sequence=sequence & SEQUENCE_MASK))

    def _joined(self, instant: int, packet: RtpPacket) -> RtpPacket:
        """The packet with those that follow on it, until it is long enough; its sequence number is the last one's."""
        while len(packet.payload) < self.frame and self._held:
            after = self._held[0]
            if after.packet is None or after.instant >= instant + self.frame or not _follows(after.packet, packet):
                break
            said = packet.payload + after.packet.payload
            packet = replace(packet, sequence=after.packet.sequence, payload=said, padding=0)
            self._held.popleft()
            self._shift -= 1
        return packet

    def _cut(self, instant: int, packet: RtpPacket) -> RtpPacket:
        """The packet's beginning; the rest is held."""
        size = self.frame
        if len(packet.payload) <= size:
            return packet
        timestamp = (packet.timestamp + size) & TIMESTAMP_MASK
        rest = replace(packet, timestamp=timestamp, payload=packet.payload[size:], marker=False, padding=0)
        self._held.appendleft(_Held(instant + size, b"", rest))
        self._shift += 1
        return replace(packet, payload=packet.payload[:size], padding=0)


def _follows(after: RtpPacket, packet: RtpPacket) -> bool:
    """Whether it is the same voice without a break."""
    goes_on = (packet.timestamp + len(packet.payload)) & TIMESTAMP_MASK
    same = (packet.ssrc, packet.payload_type, goes_on) == (after.ssrc, after.payload_type, after.timestamp)
    return same and not after.marker
