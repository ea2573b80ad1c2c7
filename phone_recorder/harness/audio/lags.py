"""How late a voice is in a recording: where the two correlate best, by FFT."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from phone_recorder.harness.audio.fit import Spans, Voices
from phone_recorder.harness.audio.recorded import Heard
from phone_recorder.harness.audio.samples import Samples, Wave, cut
from phone_recorder.recording.units import SECOND

PIECE = SECOND
_LOUDEST = 12
"""So many pieces are correlated, the loudest of the voice: more do not tell a lag any better."""
_TIE = 0.1
"""A tone is as like itself a period later: of peaks that are nearly as high as the highest, the least lag counts."""

Floats = NDArray[np.float64]
Residual = Callable[[int, int], Wave]
"""The recording from a place to another, less what is known to be somebody else's."""


def find_lag(heard: Heard, voice: Samples, spans: Spans, reach: int, left: Residual) -> int:
    """How many units late the voice is in these spans of the recording, none across a skipped pause, within `reach`."""
    found = np.zeros(2 * reach + 1)
    energy = np.full(2 * reach + 1, 1.0)
    for start, end in spans:
        first = heard.over(start, end)[0].instant - reach
        wide = cut(voice, first, first + end - start + 2 * reach).astype(np.float32)
        wide -= wide.mean()
        found += _correlate(left(start, end), wide)
        energy += _energies(wide, end - start)
    return _best(found / np.sqrt(energy))


def lag_of(recorded: Wave, wide: Wave) -> int:
    """The same for one stretch; `wide` is what was said then, and as far as the reach before and after it."""
    return _best(_correlate(recorded, wide) / np.sqrt(_energies(wide, len(recorded)) + 1.0))


def pieces_of(heard: Heard, start: int, end: int, size: int = PIECE) -> Spans:
    """A span of the recording in pieces of about `size`, none of them across a skipped pause."""
    out: Spans = []
    for stretch in heard.over(start, end):
        count = max(round((stretch.end - stretch.start) / size), 1)
        edges = np.linspace(stretch.start, stretch.end, count + 1).astype(int).tolist()
        out += list(pairwise(edges))
    return out


def powers(heard: Heard, voices: Voices, name: str, spans: Spans) -> Floats:
    """The mean square of what a voice says in each of these spans of the recording, DC left out."""
    return np.array([_power(heard.said(voices, name, start, end)) for start, end in spans])


def loudest(spans: Spans, power: Floats) -> Spans:
    """The spans of most power, in order."""
    return [spans[number] for number in sorted(np.argsort(power)[-_LOUDEST:].tolist())]


def _correlate(recorded: Wave, wide: Wave) -> Floats:
    """The sum of products at each lag, the least first; `wide` goes on as far as the reach on both sides."""
    size = 1 << (len(wide) - 1).bit_length()
    spectrum = np.fft.rfft(wide, size) * np.conj(np.fft.rfft(recorded, size))
    return np.fft.irfft(spectrum, size)[: len(wide) - len(recorded) + 1][::-1].astype(np.float64)


def _energies(wide: Wave, length: int) -> Floats:
    """The energy of the voice at each lag, the least first."""
    sums = np.concatenate(([0.0], np.cumsum(wide.astype(np.float64) ** 2)))
    return (sums[length:] - sums[:-length])[::-1]


def _best(likeness: Floats) -> int:
    """The least lag of those that are as good as the best; the middle of the array is lag 0."""
    beside = np.pad(likeness, 1, constant_values=-np.inf)
    peak = (likeness >= beside[:-2]) & (likeness >= beside[2:])
    high = likeness >= likeness.max() - _TIE * abs(likeness.max())
    good = np.flatnonzero(peak & high) - len(likeness) // 2
    return int(good[np.argmin(np.abs(good))])


def _power(samples: Samples) -> float:
    wave = samples.astype(np.float32)
    return float(wave.var()) if len(wave) else 0.0
