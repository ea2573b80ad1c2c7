"""The record tone, which tells whoever hears it that a recording runs: 440 Hz for half a second, every 5 s (WIRE.md).

Places and sizes are units of the RTP clock, in a recording's own time: the tone sounds at 0 s, 5 s, 10 s of it.
"""

from __future__ import annotations

from array import array
from functools import cache
from math import pi, sin, sqrt

from phone_recorder.media.pcm import silence
from phone_recorder.wire.rtp import CLOCK_RATE

HERTZ = 440
PERIOD = 5 * CLOCK_RATE
LENGTH = CLOCK_RATE // 2
FADE = CLOCK_RATE // 200
"""At both ends, or it would click."""
PEAK = round(sqrt(2) * 32768 / 10)
"""20 dB under full scale, as `level.py` measures it."""


def sounds(place: int, size: int) -> bool:
    """Whether any of the tone is in the piece of a recording that begins at this place."""
    return begin(place) + size > 0


def begin(place: int) -> int:
    """Where in the tone that is: negative before it begins, and always below its length."""
    within = place % PERIOD
    return within if within < LENGTH else within - PERIOD


def samples(start: int, size: int, rate: int) -> array[int]:
    """A piece of the tone at `rate` Hz, 8000 or 16000, from `start` in it on; silence before its begin and its end."""
    first, count = (units * rate // CLOCK_RATE for units in (start, size))
    lead = silence(min(max(-first, 0), count))
    piece = lead + _tone(rate)[max(first, 0) : max(first + count, 0)]
    return piece + silence(count - len(piece))


@cache
def _tone(rate: int) -> array[int]:
    count, fade = LENGTH * rate // CLOCK_RATE, FADE * rate // CLOCK_RATE
    step = 2 * pi * HERTZ / rate
    return array("h", [round(PEAK * min(1.0, n / fade, (count - n) / fade) * sin(step * n)) for n in range(count)])
