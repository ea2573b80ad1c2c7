"""Arithmetic on signed 16-bit samples in `array("h")`."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from functools import cache
from operator import add, itemgetter

PCM_MAX = 32767
PCM_MIN = -32768


def silence(samples: int) -> array[int]:
    """So many samples of digital silence."""
    return array("h", bytes(2 * samples))


def mix(a: array[int], b: array[int]) -> array[int]:
    """Sample by sample a + b, saturated to 16 bits; the two must be of one length."""
    if len(a) < 2:
        return saturate(map(add, a, b))
    return array("h", itemgetter(*map(add, a, b))(_saturated()))


def saturate(samples: Iterable[float]) -> array[int]:
    """Numbers as 16-bit samples, rounded, held at the ends of the range."""
    return array("h", [max(PCM_MIN, min(PCM_MAX, round(sample))) for sample in samples])


@cache
def _saturated() -> array[int]:
    """The sum of two samples, saturated, indexed by the sum: a negative one counts from the end, and wraps right."""
    return array("h", [min(s, PCM_MAX) for s in range(65536)] + [max(s, PCM_MIN) for s in range(-65536, 0)])
