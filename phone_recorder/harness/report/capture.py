"""A case's packets as a capture that Wireshark reads. Its times are the scenario's own, taken as UTC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

from phone_recorder.harness.evidence import Carried
from phone_recorder.recording.units import NS_PER_UNIT
from phone_recorder.sip.transport.blanking import blanked
from phone_recorder.wire.network import Address
from phone_recorder.wire.pcap_writer import FILE_HEADER, MAX_SEGMENT, record, tcp_packet, udp_packet

_FIRST_SEQUENCE = 1
_RTP = b"\x80"
"""A first byte from here on is version 2 of RTP or RTCP."""


class Capture(NamedTuple):
    """`data`: the file; `packets`: how many of all are in it."""

    data: bytes
    packets: int


def capture(carried: Iterable[Carried], begins_at: datetime, most: int | None = None) -> Capture:
    """The capture of these packets, its first ones where it would have more than `most` bytes. Secrets are blanked."""
    begins_ns = int(begins_at.replace(tzinfo=UTC).timestamp()) * 1_000_000_000 + begins_at.microsecond * 1000
    pieces, size = [FILE_HEADER], len(FILE_HEADER)
    for instant, packets in _packets(sorted(carried, key=lambda packet: packet.instant)):
        piece = b"".join(record(begins_ns + instant * NS_PER_UNIT, packet) for packet in packets)
        size += len(piece)
        if most is not None and size > most:
            break
        pieces.append(piece)
    return Capture(b"".join(pieces), len(pieces) - 1)


def _packets(carried: Iterable[Carried]) -> Iterator[tuple[int, list[bytes]]]:
    """The IP packets that each of them is; those of a connection are numbered on."""
    sent: dict[tuple[Address, Address], int] = {}
    for one in carried:
        with suppress(ValueError):
            # An address that is none, as of a server that was never reached, has no place in a capture.
            yield one.instant, [_datagram(one)] if one.transport == "UDP" else _segments(one, sent)


def _datagram(one: Carried) -> bytes:
    return udp_packet(one.source, one.target, one.data if one.data[:1] >= _RTP else blanked(one.data))


def _segments(one: Carried, sent: dict[tuple[Address, Address], int]) -> list[bytes]:
    data, way, back = blanked(one.data), (one.source, one.target), (one.target, one.source)
    sequence, acknowledged = sent.get(way, _FIRST_SEQUENCE), sent.get(back, _FIRST_SEQUENCE)
    sent[way] = sequence + len(data)
    pieces = range(0, len(data), MAX_SEGMENT)
    return [tcp_packet(*way, sequence + at, acknowledged, data[at : at + MAX_SEGMENT]) for at in pieces]
