"""The RTP streams in a capture, and the one that a voice is taken from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from phone_recorder.errors import AudioFileError, RtpError
from phone_recorder.wire.network import Address
from phone_recorder.wire.payload import BY_PAYLOAD_TYPE
from phone_recorder.wire.pcap import Datagram
from phone_recorder.wire.rtp import RtpPacket

Pair = tuple[Address, Address]
"""Source and destination."""

_RTCP_TYPES = range(64, 96)
"""What the packet types of RTCP look like as payload types, on a port that both share (RFC 5761 section 4)."""


def find_stream(datagrams: Iterable[Datagram]) -> Pair:
    """Between whom the stream (source, destination, SSRC) with the most audio runs; AudioFileError if none does.

    Audio is the payload types 0, 8 and 9. Of streams with as much of it, the first.
    """
    counts: Counter[tuple[Pair, int]] = Counter()
    for datagram in datagrams:
        packet = _parse(datagram.payload)
        if packet and packet.payload_type in BY_PAYLOAD_TYPE and packet.payload:
            counts[(datagram.source, datagram.destination), packet.ssrc] += 1
    if not counts:
        raise AudioFileError("the capture has no RTP audio of PCMU, PCMA or G722 (payload types 0, 8, 9)")
    return counts.most_common(1)[0][0][0]


def stream_packets(datagrams: Iterable[Datagram], pair: Pair) -> list[tuple[int, bytes]]:
    """All RTP packets from one to the other, audio or not, of any SSRC: (ns from the first, datagram), by time."""
    found = [
        (datagram.time_ns, datagram.payload)
        for datagram in datagrams
        if (datagram.source, datagram.destination) == pair and _parse(datagram.payload)
    ]
    # Captures of several interfaces are not always in order; packets of one time stay as they came.
    found.sort(key=lambda packet: packet[0])
    return [(time_ns - found[0][0], payload) for time_ns, payload in found]


def _parse(payload: bytes) -> RtpPacket | None:
    """The datagram as RTP; None if it is something else."""
    try:
        packet = RtpPacket.parse(payload)
    except RtpError:
        return None
    return None if packet.payload_type in _RTCP_TYPES else packet
