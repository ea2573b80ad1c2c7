"""Whether each frame of a recorded call is the mix of what its two legs said: both said a pattern, PCMU, unharmed."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from phone_recorder.bulk.pattern import expected, pattern
from phone_recorder.wire.payload import PCMU

FRAME = 160
FURTHEST = 4
"""Frames by which one leg may stand behind the other: they begin within a tick of the sender's."""
SILENCE = 0xFF
Bytes = NDArray[np.uint8]


def wrong_frames(call: int, got: Bytes, said: tuple[int, ...]) -> int:
    """How many frames [n, FRAME] of a call, whose legs are the flows 2 n and 2 n + 1, are not the mix of what was said.

    So many frames of each leg were `said`. Where the legs stand is told by a frame in the middle.
    """
    legs = [pattern(np.full(count, 2 * call + leg), np.arange(count), FRAME) for leg, count in enumerate(said)]
    spoken = np.flatnonzero((got != SILENCE).any(axis=1))
    if not len(spoken):
        return len(got)
    first, middle = int(spoken[0]), int(spoken[len(spoken) // 2])
    for stand in product(range(first, first + FURTHEST), repeat=2):
        if np.array_equal(
            mixed([at(leg, middle - begin) for leg, begin in zip(legs, stand, strict=True)]), got[middle]
        ):
            shown = [laid(leg, begin, len(got)) for leg, begin in zip(legs, stand, strict=True)]
            return int((mixed(shown) != got).any(axis=1).sum())
    return len(got)


def at(leg: Bytes, frame: int) -> Bytes:
    found: Bytes = leg[min(max(frame, 0), len(leg) - 1)]
    return found


def laid(leg: Bytes, begin: int, frames: int) -> Bytes:
    """A leg whose first frame stands there, silence around it."""
    whole = np.full((frames, FRAME), SILENCE, np.uint8)
    size = min(len(leg), frames - begin)
    whole[begin : begin + size] = leg[:size]
    return whole


def mixed(legs: list[Bytes]) -> Bytes:
    return expected(legs[0], legs[1], (PCMU, PCMU), PCMU)
