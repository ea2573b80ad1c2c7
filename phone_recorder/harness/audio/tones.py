"""How much of what is heard is one tone."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phone_recorder.harness.audio.samples import Samples, pieces
from phone_recorder.recording.units import SECOND

WIDTH_HZ = 15.0
"""A tone is what is so near to its frequency, on both sides."""
_PIECE = SECOND
_LOBE = 2
"""Bins on each side that a Hann window spreads a tone over."""


class Spectrum(NamedTuple):
    """The power at each frequency, summed over all pieces; frequencies in Hz."""

    hertz: NDArray[np.floating[Any]]
    power: NDArray[np.float64]

    def share(self, hertz: float) -> float:
        """Of all power, what is at this frequency: 0 to 1; 0 in silence."""
        width = max(WIDTH_HZ, _LOBE * float(self.hertz[1]))
        near = np.abs(self.hertz - hertz) <= width
        return float(self.power[near].sum() / (self.power.sum() or 1.0))

    @property
    def strongest(self) -> float:
        """The frequency of most power."""
        return float(self.hertz[self.power.argmax()])


def spectrum(samples: Samples) -> Spectrum:
    """Of at least two samples, a second at a time, by a Hann window; what is left at the end counts with the last."""
    size = min(_PIECE, len(samples))
    window = np.hanning(size + 2)[1:-1]
    power = np.zeros(size // 2 + 1)
    for start, end in pieces(0, len(samples), size):
        first = min(start, len(samples) - size)
        piece = samples[first : first + size].astype(np.float64)
        # A piece that overlaps the one before counts for what is new in it.
        power += np.abs(np.fft.rfft((piece - piece.mean()) * window)) ** 2 * ((end - start) / size)
    return Spectrum(np.fft.rfftfreq(size, 1 / SECOND), power)
