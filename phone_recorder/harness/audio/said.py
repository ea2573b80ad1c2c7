"""What a leg said, on the scenario's time line: sample n is heard at instant n. places.py knows where packets stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial as given
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phone_recorder.errors import RtpError
from phone_recorder.harness.audio.places import UNITS, Grid, Numbers, anchors, by_timestamps, corrections, drift
from phone_recorder.harness.audio.samples import Samples, Span, decoded
from phone_recorder.media.codecs import has
from phone_recorder.phone.party import Datagram
from phone_recorder.recording.units import SECOND, from_ms
from phone_recorder.wire.payload import BY_PAYLOAD_TYPE, G722, Codec
from phone_recorder.wire.rtp import HEADER_SIZE, RtpPacket

IN_FILES, TO_SERVER = SECOND, from_ms(60)
"""The horizon, after which a packet comes too late: of a recording to a drive, and of one to a server."""
_QUIET = 32768 // 256
_UNKNOWN = np.iinfo(np.int64).min

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Packets:
    """The audio packets of a leg: five columns and the payloads. `numbers` are theirs among all of the leg."""

    numbers: Numbers
    instants: Numbers
    types: Numbers
    timestamps: Numbers
    ssrcs: Numbers
    payloads: list[bytes]

    @property
    def lengths(self) -> Numbers:
        """Of the payloads, in units."""
        return np.fromiter(map(len, self.payloads), np.int64, len(self.payloads))


class Said(NamedTuple):
    """A leg from instant 0 to the end of its last packet, silence where it sent no audio.

    `steady` is as long as the leg's own clock makes it: no sample of a stream is left out or comes twice for drift.
    """

    placed: Samples
    steady: Samples


def said(datagrams: Sequence[Datagram]) -> Samples:
    """What is heard of a leg at each instant."""
    packets = _audio(datagrams)
    places, _ = _places(packets, IN_FILES, UNITS)
    return _line(packets, places, _came(packets, places, ()))


def in_g722(datagrams: Sequence[Datagram]) -> bool:
    """Whether any of it is."""
    return bool((_audio(datagrams).types == G722.payload_type).any())


def packets_of(datagrams: Sequence[Datagram], start: int, end: int, grid: Grid) -> list[tuple[int, int]]:
    """The number of each audio packet that stands from `start` to `end`, and its place; the next one if none does."""
    packets = _audio(datagrams)
    places, _ = _places(packets, IN_FILES, grid)
    found = np.flatnonzero((places >= start) & (places <= end))
    if not found.size:
        found = np.flatnonzero(places > end)[:1]
    return list(zip(packets.numbers[found].tolist(), places[found].tolist(), strict=True))


def new_counts(datagrams: Sequence[Datagram], grid: Grid) -> list[tuple[int, int]]:
    """The number and the place of each packet that stands by its instant, not by those before it; not the first."""
    packets = _audio(datagrams)
    places, _ = _places(packets, IN_FILES, grid)
    steps = (np.diff(packets.timestamps) + 0x80000000) % 0x100000000 - 0x80000000
    by_itself = (np.diff(places) != steps) | (np.diff(packets.ssrcs) != 0)
    found = np.flatnonzero(by_itself & (places[1:] != (places + packets.lengths)[:-1])) + 1
    return list(zip(packets.numbers[found].tolist(), places[found].tolist(), strict=True))


def said_both_ways(
    datagrams: Sequence[Datagram], horizon: int = IN_FILES, lost: Sequence[Span] = (), grid: Grid = UNITS
) -> Said:
    """The same, and as the leg's own clock has it: one and the same where that does not drift.

    Packets that stand in `lost`, spans in order and apart from each other, have never come to whoever decodes the rest.
    `grid`: the frames of the recording that it is held against.
    """
    packets = _audio(datagrams)
    places, steady = _places(packets, horizon, grid)
    came = _came(packets, places, lost)
    line = _line(packets, places, came)
    return Said(line, line if np.array_equal(places, steady) else _line(packets, steady, came))


def _came(packets: _Packets, places: Numbers, lost: Sequence[Span]) -> Mask:
    """Which packets do not stand in any of these spans."""
    begins, overs = np.array(lost, np.int64).reshape(-1, 2).T
    ends = places + packets.lengths
    span = np.searchsorted(begins, places, "right") - 1
    came: Mask = (span < 0) | (ends > np.append(overs, 0)[span])
    return came


def _line(packets: _Packets, places: Numbers, came: Mask) -> Samples:
    """All packets laid where they belong."""
    ends = places + packets.lengths
    line = np.zeros(max(ends.max(initial=0), 0), np.int16)
    # From the last run to the first: what came first stays, as it does in a recording.
    for first, past, samples in reversed(_runs(packets, places, ends, came)):
        begin = int(places[first])
        line[max(begin, 0) : max(int(ends[past - 1]), 0)] = samples[max(-begin, 0) :]
    return line


def _audio(datagrams: Sequence[Datagram]) -> _Packets:
    """The packets that have audio of a codec of ours; all others are silence, or none."""
    heads = np.frombuffer(b"".join([data[:HEADER_SIZE].ljust(HEADER_SIZE, b"\0") for _, data in datagrams]), np.uint8)
    heads = heads.reshape(-1, HEADER_SIZE)
    payloads = [data[HEADER_SIZE:] for _, data in datagrams]
    for number in np.flatnonzero(heads[:, 0] != 0x80):
        payloads[number] = _payload(datagrams[int(number)][1])
    types = (heads[:, 1] & 0x7F).astype(np.int64)
    ours = [number for number, codec in BY_PAYLOAD_TYPE.items() if has(codec)] if len(types) else []
    good = np.isin(types, ours) & np.fromiter(map(bool, payloads), bool, len(payloads))
    instants = np.fromiter((instant for instant, _ in datagrams), np.int64, len(datagrams))
    words = heads[:, 4:].copy().view(">u4").astype(np.int64)
    kept = payloads if good.all() else [payloads[number] for number in np.flatnonzero(good)]
    return _Packets(np.flatnonzero(good), instants[good], types[good], words[good, 0], words[good, 1], kept)


def _payload(data: bytes) -> bytes:
    """Of a packet whose header has more than its twelve bytes; none of what is no RTP."""
    try:
        return RtpPacket.parse(data).payload
    except RtpError:
        return b""


def _places(packets: _Packets, horizon: int, grid: Grid) -> tuple[Numbers, Numbers]:
    """The instant of each packet's first sample, and the same without the drift of the leg's clock."""
    places, steady = np.zeros((2, len(packets.instants)), np.int64)
    ends = np.full(len(packets.instants), _UNKNOWN)
    lengths = packets.lengths
    _, begins = np.unique(packets.ssrcs, return_index=True)
    for begin in np.sort(begins):
        own = np.flatnonzero(packets.ssrcs == packets.ssrcs[begin])
        instants = packets.instants[own]
        counted = by_timestamps(instants, packets.timestamps[own], horizon)
        drifted = drift(instants, counted)
        steady[own] = counted + corrections(instants, counted + drifted, given(_is_quiet, packets, own))
        for first in anchors(packets.timestamps[own], counted):
            rest = own[first:]
            before = int(ends[rest[0] - 1]) if rest[0] else _UNKNOWN
            stand = grid.stand(int(instants[first]), None if before == _UNKNOWN else before)
            steady[rest] += stand - int(steady[rest[0]])
            places[rest] = steady[rest] + drifted[first:]
            ends[rest] = places[rest] + lengths[rest]
    return places, steady


def _is_quiet(packets: _Packets, own: Numbers, number: int) -> bool:
    """Whether nothing is heard in a packet of those of one SSRC; of G.722 that is not known before it is decoded."""
    packet = int(own[number])
    if packets.types[packet] == G722.payload_type:
        return False
    samples = decoded(BY_PAYLOAD_TYPE[int(packets.types[packet])], packets.payloads[packet])
    return int(np.abs(samples.astype(np.int32)).max()) <= _QUIET


def _runs(packets: _Packets, places: Numbers, ends: Numbers, came: Mask) -> list[tuple[int, int, Samples]]:
    """First packet, the one after the last, and the samples, of what follows on without a gap in one codec."""
    breaks = np.flatnonzero((places[1:] != ends[:-1]) | (np.diff(packets.types) != 0)) + 1
    bounds = [0, *breaks.tolist(), len(places)]
    whole = {codec: _whole(packets, codec, came) for codec in _codecs(packets)}
    sizes = np.concatenate(([0], np.cumsum(ends - places)))
    out = []
    for first, past in pairwise(bounds):
        if first < past:
            samples = whole[BY_PAYLOAD_TYPE[int(packets.types[first])]]
            out.append((first, past, samples[sizes[first] : sizes[past]]))
    return out


def _codecs(packets: _Packets) -> list[Codec]:
    return [BY_PAYLOAD_TYPE[number] for number in np.unique(packets.types).tolist()]


def _whole(packets: _Packets, codec: Codec, came: Mask) -> Samples:
    """All payloads decoded as this codec by one decoder, each where it stands among all that were sent.

    What a decoder of G.722 makes of a payload hangs on those that it had before: of what `came` on no other.
    """
    own = packets.types == codec.payload_type
    line = _decoded(packets, codec, own)
    if codec is G722 and not came.all():
        line = np.where(np.repeat(came, packets.lengths), _decoded(packets, codec, own & came), line)
    return line


def _decoded(packets: _Packets, codec: Codec, which: Mask) -> Samples:
    """These payloads decoded one after the other; silence in the places of the others."""
    if which.all():
        return decoded(codec, b"".join(packets.payloads))
    lengths = packets.lengths
    line = np.zeros(lengths.sum(), np.int16)
    line[np.repeat(which, lengths)] = decoded(
        codec, b"".join([payload for payload, wanted in zip(packets.payloads, which, strict=True) if wanted])
    )
    return line
