"""How loud samples are, in dB: 0 is the RMS of a square wave at full scale, 32768, as `media.level` has it.

So a sine at full scale has -3 dB, and its peak 0 dB.
"""

from __future__ import annotations

from math import log10
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from phone_recorder.harness.audio.samples import Samples, pieces
from phone_recorder.recording.units import from_ms

FULL_SCALE = 1 << 15
FLOOR_DB = -120.0
"""What silence has, and what is quieter than anything of 16 bits."""
_BASS = from_ms(10)
"""What is slower is not heard: G.722's silence glides to a DC of its own."""
_CHUNK = 1 << 18
"""Samples that are worked on at a time: a day of them would take gigabytes as floats."""


def rms_db(samples: Samples) -> float:
    """The root mean square, DC left out."""
    if not len(samples):
        return FLOOR_DB
    total = square = 0
    for start, end in pieces(0, len(samples), _CHUNK):
        chunk = samples[start:end].astype(np.int64)
        total, square = total + int(chunk.sum()), square + int(chunk @ chunk)
    # Whole numbers: what is left of two that are nearly the same is right.
    return _db((square * len(samples) - total**2) ** 0.5 / len(samples))


def peak_db(samples: Samples) -> tuple[float, int]:
    """The loudest sample, and which it is; DC and what is slower than 50 Hz left out."""
    if not len(samples):
        return FLOOR_DB, 0
    return max((_peak(samples, *chunk) for chunk in pieces(0, len(samples), _CHUNK)), key=itemgetter(0))


def _peak(samples: Samples, start: int, end: int) -> tuple[float, int]:
    """That of a chunk, by what is around it too."""
    first = max(start - _BASS, 0)
    loud = np.abs(_without_bass(samples[first : end + _BASS]))[start - first : end - first]
    number = int(loud.argmax())
    return _db(float(loud[number])), start + number


def _without_bass(samples: Samples) -> NDArray[np.float64]:
    """Each sample less the mean of the 10 ms around it, fewer at the ends."""
    sums = np.concatenate(([0.0], np.cumsum(samples, dtype=np.float64)))
    first = np.maximum(np.arange(len(samples)) - _BASS // 2, 0)
    past = np.minimum(np.arange(len(samples)) + _BASS // 2, len(samples))
    heard: NDArray[np.float64] = samples - (sums[past] - sums[first]) / (past - first)
    return heard


def _db(amplitude: float) -> float:
    return max(20 * log10(amplitude / FULL_SCALE), FLOOR_DB) if amplitude > 0 else FLOOR_DB
