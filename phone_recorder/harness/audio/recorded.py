"""What a recording holds: its samples, and the instant at which each of them was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path

import numpy as np

from phone_recorder.adapters.audio_files import open_record_audio
from phone_recorder.errors import RecordFileError
from phone_recorder.harness.audio.places import UNITS, Grid
from phone_recorder.harness.audio.samples import Samples, Span, cut, decoded, touching, without
from phone_recorder.harness.evidence import Recorded
from phone_recorder.wire.payload import G722, Codec

DELAY = 11
"""Units that go by in the filters of a G.722 encoder and its decoder: 22 samples at 16 kHz (ITU-T G.722).

What is mixed at 8 kHz, since no leg is in G.722, does not go through them.
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` to `end` of a recording, no skipped pause within: its first sample was said at `instant`."""

    start: int
    end: int
    instant: int


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording's samples, its parts joined; `stretches` are all of it, in order.

    `muted` are pauses that were not skipped: silence was recorded in them, whatever was said.
    """

    samples: Samples
    codec: Codec
    stretches: tuple[Stretch, ...]
    muted: tuple[Span, ...] = ()
    parts: tuple[int, ...] = (0,)
    """Where each part begins."""
    delay: int = 0
    """Units that are missing at the end, for the codec's filters had not given them out."""
    holes: Mapping[str, list[Span]] = field(default_factory=dict)
    """By leg where nothing of it came, in order: its voice is not looked for there."""
    grid: Grid = UNITS
    """Its frames."""

    @property
    def unmuted(self) -> Heard:
        """The same, as if everything that was said in its pauses should be in it."""
        return replace(self, muted=())

    def over(self, start: int, end: int) -> list[Stretch]:
        """The stretches of a span of the recording."""
        cuts = [(max(s.start, start), min(s.end, end), s) for s in self.stretches]
        return [Stretch(begin, over, s.instant + begin - s.start) for begin, over, s in cuts if begin < over]

    def align(self, voice: Samples, start: int, end: int, lag: int = 0) -> Samples:
        """What that voice said at the instants of this span, if it is `lag` units late; nothing in what is muted."""
        found = [cut(voice, s.instant - lag, s.instant - lag + s.end - s.start) for s in self.over(start, end)]
        line = found[0] if len(found) == 1 else np.concatenate([np.zeros(0, np.int16), *found])
        muted = [(begin - start, over - start) for begin, over in self.muted if begin < end and over > start]
        return without(line, muted) if muted else line

    def said(self, voices: Mapping[str, Samples], name: str, start: int, end: int, lag: int = 0) -> Samples:
        """The same of a leg; nothing in its holes."""
        line = self.align(voices[name], start, end, lag)
        holes = [(begin - start, over - start) for begin, over in touching(self.holes.get(name, []), start, end)]
        return without(line, holes) if holes else line

    def with_all_of(self, name: str) -> Heard:
        """The same, as if that leg had no holes."""
        return replace(self, holes={other: holes for other, holes in self.holes.items() if other != name})


def heard(recorded: Recorded, wide: bool = True) -> Heard:
    """Read a recording of a call with a leg in G.722, or of one without, which is not `wide`.

    RecordFileError or UsageError says why that cannot be done.
    """
    parts = [_part(path) for path in recorded.files]
    if not parts:
        raise RecordFileError("the recording has no file")
    codec, frame, _ = parts[0]
    # A tone that is late could as well be early, by its period: what its codec has delayed stands where it was said.
    delay = DELAY if codec is G722 and wide else 0
    samples = np.concatenate([part for _, _, part in parts])[delay:]
    begins = tuple(max(place - delay, 0) for place in accumulate((len(part) for _, _, part in parts[:-1]), initial=0))
    return in_time(Heard(samples, codec, (), (), begins, delay, {}, Grid(0, frame)), recorded)


def in_time(found: Heard, recorded: Recorded) -> Heard:
    """The same samples, laid out by the start and by the pauses of that recording."""
    grid = replace(found.grid, origin=recorded.start)
    pauses = [_whole_frames(grid.origin, grid.frame, *pause) for pause in recorded.pauses]
    length = len(found.samples)
    if recorded.skips:
        return replace(found, stretches=tuple(_stretches(grid.origin, pauses, length)), muted=(), grid=grid)
    muted = tuple((begun - grid.origin, over - grid.origin) for begun, over in pauses)
    return replace(found, stretches=(Stretch(0, length, grid.origin),), muted=muted, grid=grid)


def _part(path: Path) -> tuple[Codec, int, Samples]:
    """Codec, frame in units, and samples of a file; a part is decoded on its own, as a player does.

    A player plays what the header tells of, whatever else is in the file.
    """
    with open_record_audio(path) as audio:
        header, told = audio.header, audio.examination
        if (told.rtp_len, told.increment) != (header.rtp_len, header.increment):
            raise RecordFileError(f"{path.name} says that {told.rtp_len} bytes last {told.increment} units")
        samples = decoded(header.codec, b"".join(audio.payloads))
        return header.codec, header.increment, samples[: told.data_size // header.rtp_len * header.increment]


def _whole_frames(start: int, frame: int, begun: int, over: int) -> tuple[int, int]:
    """A pause as it is kept: with the frame of its key, and with that of the key which ends it."""
    return start + (begun - start) // frame * frame, start - (start - over) // frame * frame


def _stretches(start: int, pauses: list[tuple[int, int]], length: int) -> list[Stretch]:
    """What lies between the pauses."""
    out, place, instant = [], 0, start
    for begun, over in pauses:
        kept = max(begun - instant, 0)
        out.append(Stretch(place, min(place + kept, length), instant))
        place, instant = place + kept, max(over, instant)
    out.append(Stretch(place, length, instant))
    return [stretch for stretch in out if stretch.start < stretch.end]
