"""What a recording has of legs whose packets are numbered (numbered_legs.py): read from its files alone."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from tests.agent.numbered_legs import FRAME, Leg, heard

_HEADER = struct.Struct("<64siiI")
"""As WIRE.md has it; read here without the product's reader."""
_READ = 1000
"""Frames at once."""
EDGE = 3 * FRAME
"""So near to a key a frame may be recorded or not: keys come within frames, and legs stand a frame off at most."""


class Span(NamedTuple):
    """Instants between which all was recorded."""

    begun: int
    over: int


@dataclass
class Packets:
    """Of one leg, in the order of the recording: the packets' numbers, and the numbers of the frames that they are."""

    numbers: array[int] = field(default_factory=lambda: array("Q"))
    frames: array[int] = field(default_factory=lambda: array("Q"))

    @property
    def disordered(self) -> int:
        """How many do not come after the one before: doubled, or too late."""
        return sum(later <= earlier for earlier, later in pairwise(self.numbers))

    def off_by(self, leg: Leg, begun: int) -> list[int]:
        """By how many units each stands after the instant at which it was sent, in a recording begun then, unpaused."""
        return [
            frame * FRAME - (leg.instant(number) - begun)
            for frame, number in zip(self.frames, self.numbers, strict=True)
        ]


@dataclass
class Recorded:
    """`frames` in all; `broken` are neither a packet nor silence."""

    frames: int = 0
    silent: int = 0
    broken: int = 0
    legs: dict[str, Packets] = field(default_factory=lambda: {"near": Packets(), "far": Packets()})

    @property
    def units(self) -> int:
        """How long it is."""
        return self.frames * FRAME

    def take(self, frame: bytes) -> None:
        """The next frame."""
        try:
            found = heard(frame)
        except ValueError:
            self.broken += 1
        else:
            if found is None:
                self.silent += 1
            else:
                packets = self.legs[found.leg]
                packets.numbers.append(found.number)
                packets.frames.append(self.frames)
        self.frames += 1


def recorded(files: Iterable[Path]) -> Recorded:
    """What these record files have, in the order of recording."""
    found = Recorded()
    for path in files:
        for frame in frames(path):
            found.take(frame)
    return found


def frames(path: Path) -> Iterator[bytes]:
    """The frames of a record file whose header is true; ValueError if it is not."""
    with path.open("rb") as file:
        name, rtp_len, increment, size = _HEADER.unpack(file.read(_HEADER.size))
        told = (name.rstrip(b"\0"), rtp_len, increment, size)
        if told != (b"PCMU", FRAME, FRAME, path.stat().st_size - _HEADER.size) or size % FRAME:
            raise ValueError(f"{path.name} has {path.stat().st_size} bytes, and its header tells {told}")
        while block := file.read(_READ * FRAME):
            yield from (block[at : at + FRAME] for at in range(0, len(block), FRAME))


def missing(leg: Leg, packets: Packets, spans: Sequence[Span]) -> int:
    """Packets that the leg has sent in these spans, talking, and that arrived, and are not in the recording.

    `leg` has sent all by now. Not looked at is what is near the edges of spans.
    """
    kept, dropped = set(packets.numbers), set(leg.dropped)
    return sum(
        number not in kept and number not in dropped and leg.talks(number)
        for number in range(leg.number)
        if any(span.begun + EDGE <= leg.instant(number) < span.over - EDGE for span in spans)
    )


def dropped_in(leg: Leg, span: Span) -> tuple[int, int]:
    """At least and at most how many packets of those in this span were dropped. `leg` has sent all by now."""
    instants = [leg.instant(number) for number in leg.dropped]
    least, most = ((span.begun + edge, span.over - edge) for edge in (EDGE, -EDGE))
    return tuple(sum(begun <= instant < over for instant in instants) for begun, over in (least, most))  # type: ignore[return-value]
