"""How much of what is heard is one tone, all in all and a tenth of a second at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import log10
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phone_recorder.harness.audio.levels import FLOOR_DB, rms_db
from phone_recorder.harness.audio.samples import Samples, Span, pieces
from phone_recorder.recording.units import SECOND, from_ms

WIDTH_HZ = 15.0
"""A tone is what is so near to its frequency, on both sides, and what its window spreads of it."""
QUIET_DB = -50.0
"""A tone below it is not heard."""
FADED_DB = 20.0
"""Nor is one that is so much quieter than where it is loudest."""
_WHOLE = SECOND
_PIECE = from_ms(100)
_EDGE = from_ms(40)
"""So much at either end is in no piece: a codec settles, and what was said may be so late."""
_LOBE = 2
"""Bins on each side that a Hann window spreads a tone over."""


class Spectrum(NamedTuple):
    """The power at each frequency, summed over all pieces; frequencies in Hz."""

    hertz: NDArray[np.floating[Any]]
    power: NDArray[np.float64]

    def share(self, hertz: float) -> float:
        """Of all power, what is at this frequency: 0 to 1; 0 in silence."""
        width = WIDTH_HZ + _LOBE * float(self.hertz[1])
        near = np.abs(self.hertz - hertz) <= width
        return float(self.power[near].sum() / (self.power.sum() or 1.0))

    @property
    def strongest(self) -> float:
        """The frequency of most power."""
        return float(self.hertz[self.power.argmax()])


class Sounding(NamedTuple):
    """A tone in a piece: from and to, its share of the power, and its level in dB."""

    span: Span
    share: float
    db: float


def spectrum(samples: Samples) -> Spectrum:
    """Of at least two samples, a second at a time, by a Hann window; what is left at the end counts with the last."""
    size = min(_WHOLE, len(samples))
    window = np.hanning(size + 2)[1:-1]
    power = np.zeros(size // 2 + 1)
    for start, end in pieces(0, len(samples), size):
        first = min(start, len(samples) - size)
        piece = samples[first : first + size].astype(np.float64)
        # A piece that overlaps the one before counts for what is new in it.
        power += np.abs(np.fft.rfft((piece - piece.mean()) * window)) ** 2 * ((end - start) / size)
    return Spectrum(np.fft.rfftfreq(size, 1 / SECOND), power)


def sounding(samples: Samples, hertz: float, start: int = 0) -> Iterator[Sounding]:
    """The tone in each piece of about 100 ms; `start` is where the samples begin. What is short is one piece."""
    inner = len(samples) - 2 * _EDGE
    edges = np.linspace(_EDGE, _EDGE + inner, round(inner / _PIECE) + 1).astype(int).tolist() if inner > _PIECE else []
    for begin, end in pairwise(edges or [0, len(samples)]):
        piece = samples[begin:end]
        share = spectrum(piece).share(hertz)
        db = rms_db(piece) + 10 * log10(share) if share else FLOOR_DB
        yield Sounding((start + begin, start + end), share, db)
