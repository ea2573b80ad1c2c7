"""What tests of parties share: a voice whose bytes tell where they belong, and looking at a party as an engine does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count

from phone_recorder.phone.party import Datagram, Party, Speaker
from phone_recorder.wire.rtp import RtpPacket, RtpSender

SSRC, SEQUENCE, TIMESTAMP = 7, 65_530, 0xFFFFFE00
Do = tuple[int, Callable[[], None]]
"""An instant, and what is done then."""


def voice(frame: int) -> Iterator[bytes]:
    """Payloads whose bytes count on, the same whatever the frame."""
    return (bytes(at % 251 for at in range(start, start + frame)) for start in count(0, frame))


def speaker(frame: int = 160, start: int = 0, end: int = 1 << 62) -> Speaker:
    """One that begins shortly before its numbers wrap."""
    return Speaker(voice(frame), RtpSender(0, SSRC, SEQUENCE, TIMESTAMP), frame, start, end)


def heard(party: Party, until: int, does: Sequence[Do] = (), looks: Sequence[int] = ()) -> list[Datagram]:
    """What comes until then: the party is asked at each of these instants, and before what is done then."""
    acts = [(instant, number, do) for number, (instant, do) in enumerate(does)]
    asks = [(instant, -1, None) for instant in (*looks, until)]
    out: list[Datagram] = []
    for instant, _, do in sorted([*acts, *asks], key=lambda each: each[:2]):
        if do:
            do()
        else:
            out += party.packets(instant)
    return out


def packets(datagrams: list[Datagram]) -> list[RtpPacket]:
    """All of them, parsed."""
    return [RtpPacket.parse(data) for _, data in datagrams]


def audio(datagrams: list[Datagram]) -> bytes:
    """Their payloads, joined."""
    return b"".join(packet.payload for packet in packets(datagrams))


def instants(datagrams: Sequence[Datagram]) -> list[int]:
    """When they come."""
    return [instant for instant, _ in datagrams]
