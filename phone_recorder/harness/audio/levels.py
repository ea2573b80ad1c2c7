"""How loud samples are, in dB: 0 is the RMS of a square wave at full scale, 32768, as `media.level` has it.

So a sine at full scale has -3 dB, and its peak 0 dB.
"""

from __future__ import annotations

from math import log10

import numpy as np
from numpy.typing import NDArray

from phone_recorder.harness.audio.samples import Samples
from phone_recorder.recording.units import from_ms

FULL_SCALE = 1 << 15
FLOOR_DB = -120.0
"""What silence has, and what is quieter than anything of 16 bits."""
_BASS = from_ms(10)
"""What is slower is not heard: G.722's silence glides to a DC of its own."""


def rms_db(samples: Samples) -> float:
    """The root mean square, DC left out."""
    return _db(float(np.std(samples, dtype=np.float64))) if len(samples) else FLOOR_DB


def peak_db(samples: Samples) -> tuple[float, int]:
    """The loudest sample, and which it is; DC and what is slower than 50 Hz left out."""
    if not len(samples):
        return FLOOR_DB, 0
    loud = np.abs(_without_bass(samples))
    number = int(loud.argmax())
    return _db(float(loud[number])), number


def _without_bass(samples: Samples) -> NDArray[np.float64]:
    """Each sample less the mean of the 10 ms around it, fewer at the ends."""
    sums = np.concatenate(([0.0], np.cumsum(samples, dtype=np.float64)))
    first = np.maximum(np.arange(len(samples)) - _BASS // 2, 0)
    past = np.minimum(np.arange(len(samples)) + _BASS // 2, len(samples))
    heard: NDArray[np.float64] = samples - (sums[past] - sums[first]) / (past - first)
    return heard


def _db(amplitude: float) -> float:
    return max(20 * log10(amplitude / FULL_SCALE), FLOOR_DB) if amplitude > 0 else FLOOR_DB
