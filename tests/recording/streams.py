"""RTP streams for tests of the recorder's core, and what came of them, in a notation that can be read.

A packet is a letter, which is its payload's only code. Frames are words: `A` a frame of As, `A_` As and then silence,
`.` a gap. So `A B . C_` is what came of four frames.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from phone_recorder.media.mixing import Piece
from phone_recorder.recording.placement import ByArrival, Pace
from phone_recorder.recording.timeline import Timeline
from phone_recorder.wire.payload import PCMU, Codec
from phone_recorder.wire.rtp import RtpPacket

MS = 8
SECOND = 8000
FRAME = 160
"""20 ms."""
LATER = 20 * SECOND
"""After whatever a test does."""


class Sent(NamedTuple):
    """A datagram and the instant at which it comes."""

    arrival: int
    data: bytes


def rtp(sequence: int, timestamp: int, payload: bytes, ssrc: int = 1, payload_type: int = 0) -> bytes:
    """A packet; counters beyond their width are wrapped."""
    return bytes(RtpPacket(payload_type, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc, payload))


def packet(letter: str, sequence: int, timestamp: int, arrival: int, size: int = FRAME, ssrc: int = 1) -> Sent:
    """A packet of one letter; the arrival in units."""
    return Sent(arrival, rtp(sequence, timestamp, letter.encode() * size, ssrc))


def talk(
    letters: str,
    arrival: int = 0,
    sequence: int = 0,
    timestamp: int = 0,
    size: int = FRAME,
    ssrc: int = 1,
    codec: Codec = PCMU,
) -> list[Sent]:
    """A packet for each letter, sent steadily; a space is a packet that is lost on the way."""
    return [
        Sent(
            arrival + i * size,
            rtp(sequence + i, timestamp + i * size, letter.encode() * size, ssrc, codec.payload_type),
        )
        for i, letter in enumerate(letters)
        if letter != " "
    ]


def timeline(frame: int = FRAME, horizon: int = SECOND, pace: Pace | None = None) -> Timeline:
    """A timeline that starts at instant 0."""
    return Timeline(frame, horizon, pace or ByArrival(0))


def run(line: Timeline, sent: Iterable[Sent], until: int, tick: int = 100 * MS) -> list[Piece | None]:
    """What a timeline gives of packets that come in order of arrival, closed at each tick, stopped at `until`."""
    ordered = sorted(sent, key=lambda item: item.arrival)
    ticks = [(instant, 1, b"") for instant in range(tick, until + LATER, tick)]
    packets = [(arrival, 0, data) for arrival, data in ordered]
    frames: list[Piece | None] = []
    for instant, kind, data in sorted([*packets, *ticks, (until, -1, b"")], key=lambda event: event[:2]):
        if kind > 0:
            frames += line.close(instant)
        elif kind < 0:
            line.stop(until)
        else:
            line.receive(instant, data)
    assert line.done
    return frames


def picture(frames: Iterable[Piece | None]) -> str:
    """The frames in the notation above."""
    return " ".join(_word(piece) if piece else "." for piece in frames)


def drawn(
    sent: Iterable[Sent], until: int, frame: int = FRAME, horizon: int = SECOND, tick: int = 100 * MS
) -> tuple[str, Timeline]:
    """The picture of a leg of a call that lasts until `until`, and the timeline, for its counts."""
    line = timeline(frame, horizon)
    return picture(run(line, sent, until, tick)), line


def _word(piece: Piece) -> str:
    return "".join("_" if code == piece.codec.silence_byte else chr(code) for code, _ in groupby(piece.payload))
