"""What a leg said, on the scenario's time line: sample n is heard at instant n.

It shares nothing with recording/timeline.py, which it is held against. A packet stands where its timestamp puts it,
from the first packet of its SSRC on, which stands at its instant. Where packets come to be sent 1 s after
that or 2 s before, a new count begins; a clock that goes slowly wrong is followed once it is off by 20 ms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phone_recorder.errors import RtpError
from phone_recorder.harness.audio.samples import Samples, decoded
from phone_recorder.media.codecs import has
from phone_recorder.phone.party import Datagram
from phone_recorder.recording.units import SECOND, from_ms
from phone_recorder.wire.payload import BY_PAYLOAD_TYPE, Codec
from phone_recorder.wire.rtp import HEADER_SIZE, RtpPacket

JUMP = 2 * SECOND
LATE = SECOND
DRIFT = from_ms(20)
"""A clock that is off by less is left alone: jitter looks the same."""
_BLOCK = 2 * SECOND
_STEP = from_ms(2)  # in a block: more is a step, not drift

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Packets:
    """The audio packets of a leg: four columns and the payloads."""

    instants: Numbers
    types: Numbers
    timestamps: Numbers
    ssrcs: Numbers
    payloads: list[bytes]


class Said(NamedTuple):
    """A leg from instant 0 to the end of its last packet, silence where it sent no audio.

    `steady` is as long as the leg's own clock makes it: no sample of a stream is left out or comes twice for drift.
    """

    placed: Samples
    steady: Samples


def said(datagrams: list[Datagram]) -> Samples:
    """What is heard of a leg at each instant."""
    packets = _audio(datagrams)
    return _line(packets, _places(packets, _of_one))


def said_both_ways(datagrams: list[Datagram]) -> Said:
    """The same, and as the leg's own clock has it: one and the same where that does not drift."""
    packets = _audio(datagrams)
    places, steady = _places(packets, _of_one), _places(packets, _by_timestamps)
    line = _line(packets, places)
    return Said(line, line if np.array_equal(places, steady) else _line(packets, steady))


def _line(packets: _Packets, places: Numbers) -> Samples:
    """All packets laid where they belong."""
    lengths = np.fromiter(map(len, packets.payloads), np.int64, len(packets.payloads))
    ends = places + lengths
    line = np.zeros(max(ends.max(initial=0), 0), np.int16)
    # From the last run to the first: what came first stays, as it does in a recording.
    for first, past, samples in reversed(_runs(packets, places, ends)):
        begin = int(places[first])
        line[max(begin, 0) : max(int(ends[past - 1]), 0)] = samples[max(-begin, 0) :]
    return line


def _audio(datagrams: list[Datagram]) -> _Packets:
    """The packets that have audio of a codec of ours; all others are silence, or none."""
    heads = np.frombuffer(b"".join([data[:HEADER_SIZE].ljust(HEADER_SIZE, b"\0") for _, data in datagrams]), np.uint8)
    heads = heads.reshape(-1, HEADER_SIZE)
    payloads = [data[HEADER_SIZE:] for _, data in datagrams]
    for number in np.flatnonzero(heads[:, 0] != 0x80):
        payloads[number] = _payload(datagrams[number][1])
    types = (heads[:, 1] & 0x7F).astype(np.int64)
    ours = [number for number, codec in BY_PAYLOAD_TYPE.items() if has(codec)] if len(types) else []
    good = np.isin(types, ours) & np.fromiter(map(bool, payloads), bool, len(payloads))
    instants = np.fromiter((instant for instant, _ in datagrams), np.int64, len(datagrams))
    words = heads[:, 4:].copy().view(">u4").astype(np.int64)
    kept = payloads if good.all() else [payloads[number] for number in np.flatnonzero(good)]
    return _Packets(instants[good], types[good], words[good, 0], words[good, 1], kept)


def _payload(data: bytes) -> bytes:
    """Of a packet whose header has more than its twelve bytes; none of what is no RTP."""
    try:
        return RtpPacket.parse(data).payload
    except RtpError:
        return b""


def _places(packets: _Packets, place: Callable[[Numbers, Numbers], Numbers]) -> Numbers:
    """The instant of each packet's first sample."""
    places = np.zeros(len(packets.instants), np.int64)
    for ssrc in np.unique(packets.ssrcs):
        own = np.flatnonzero(packets.ssrcs == ssrc)
        places[own] = place(packets.instants[own], packets.timestamps[own])
    return places


def _of_one(instants: Numbers, timestamps: Numbers) -> Numbers:
    """The places of one SSRC's packets, in the order in which they were sent."""
    places = _by_timestamps(instants, timestamps)
    # What begins a new count is as far from the packet before it as nothing else is.
    starts = np.flatnonzero(np.abs(np.diff(instants - places)) > DRIFT) + 1
    for begin, end in pairwise([0, *starts.tolist(), len(places)]):
        places[begin:end] += _drift(instants[begin:end], places[begin:end])
    return places


def _by_timestamps(instants: Numbers, timestamps: Numbers) -> Numbers:
    """The same without drift."""
    steps = np.diff(timestamps)
    counted = np.concatenate(([0], np.cumsum((steps + 0x80000000) % 0x100000000 - 0x80000000)))
    places: Numbers = counted + instants[0]
    while (wrong := np.flatnonzero(_astray(instants - places))).size:
        begin = int(wrong[0])
        places[begin:] += instants[begin] - places[begin]
    return places


def _astray(delays: Numbers) -> NDArray[np.bool_]:
    """Which packets are sent so late, or so early, that their timestamps mean another time."""
    astray: NDArray[np.bool_] = (delays >= LATE) | (delays < -JUMP)
    return astray


def _drift(instants: Numbers, places: Numbers) -> Numbers:
    """How far each packet has moved from its timestamp by the sender's clock alone, to the unit."""
    starts = np.concatenate(([0], np.flatnonzero(np.diff(instants // _BLOCK)) + 1))
    least = np.minimum.reduceat(instants - places, starts)
    moves = np.diff(least)
    moved = np.concatenate(([0], np.cumsum(np.where(np.abs(moves) > _STEP, 0, moves))))
    if np.ptp(moved) < DRIFT:
        return np.zeros(len(instants), np.int64)
    followed: Numbers = np.rint(np.interp(instants, instants[starts], moved)).astype(np.int64)
    return followed


def _runs(packets: _Packets, places: Numbers, ends: Numbers) -> list[tuple[int, int, Samples]]:
    """First packet, the one after the last, and the samples, of what follows on without a gap in one codec."""
    breaks = np.flatnonzero((places[1:] != ends[:-1]) | (np.diff(packets.types) != 0)) + 1
    bounds = [0, *breaks.tolist(), len(places)]
    whole = {codec: _whole(packets, codec) for codec in _codecs(packets)}
    sizes = np.concatenate(([0], np.cumsum(ends - places)))
    out = []
    for first, past in pairwise(bounds):
        if first < past:
            samples = whole[BY_PAYLOAD_TYPE[int(packets.types[first])]]
            out.append((first, past, samples[sizes[first] : sizes[past]]))
    return out


def _codecs(packets: _Packets) -> list[Codec]:
    return [BY_PAYLOAD_TYPE[number] for number in np.unique(packets.types).tolist()]


def _whole(packets: _Packets, codec: Codec) -> Samples:
    """All payloads decoded as this codec by one decoder, each where it stands among all that were sent."""
    own = packets.types == codec.payload_type
    if own.all():
        return decoded(codec, b"".join(packets.payloads))
    lengths = np.fromiter(map(len, packets.payloads), np.int64, len(packets.payloads))
    line = np.zeros(lengths.sum(), np.int16)
    line[np.repeat(own, lengths)] = decoded(
        codec, b"".join([payload for payload, mine in zip(packets.payloads, own, strict=True) if mine])
    )
    return line
