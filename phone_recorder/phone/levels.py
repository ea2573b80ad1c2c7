"""How loud a call is: this phone's user, the other phone, and the mix of both."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from operator import mul

from phone_recorder.media import pcm, record_tone
from phone_recorder.media.codecs import decoder
from phone_recorder.media.level import FULL_SCALE
from phone_recorder.media.mixing import Piece
from phone_recorder.recording.mixer import Summed
from phone_recorder.recording.units import SECOND

RATE = 8000
"""Enough for a meter."""
FLOOR_DB = -70.0
"""What is softer is silence: that of A-law is a sample of 8, 72 dB under full scale."""


@dataclass(frozen=True, slots=True)
class Levels:
    """The root mean square of a frame in dB below full scale; None for silence, or nothing."""

    near_db: float | None = None
    far_db: float | None = None
    mix_db: float | None = None


def levels_of(last: Summed | None, frame: int) -> Levels:
    """The levels of a frame of the mix, of `frame` units. Of G.722 each frame is decoded alone."""
    if last is None:
        return Levels()
    near, far = _samples(last.near, frame), _samples(last.far, frame)
    mix = pcm.mix(near, far)
    if last.place is not None and record_tone.sounds(last.place, frame):
        mix = pcm.mix(mix, record_tone.samples(record_tone.begin(last.place), frame, RATE))
    return Levels(_level_db(near), _level_db(far), _level_db(mix))


def _samples(piece: Piece | None, frame: int) -> array[int]:
    return decoder(piece.codec, RATE).decode(piece.payload) if piece else pcm.silence(frame * RATE // SECOND)


def _level_db(samples: array[int]) -> float | None:
    power = sum(map(mul, samples, samples)) / (len(samples) or 1)
    level = 10 * math.log10(power / FULL_SCALE**2) if power else FLOOR_DB
    return level if level > FLOOR_DB else None
