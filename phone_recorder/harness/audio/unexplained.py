"""Clicks in a recording of which nobody knows what was said: what neither speech nor a tone does of itself.

That is a frame of silence with sharp edges, 20 ms that come twice, and a jump in a tone. Frames that were dropped from
speech it does not find: for those the voices have to be known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phone_recorder.harness.audio.samples import Samples
from phone_recorder.harness.audio.words import time
from phone_recorder.recording.units import from_ms

_SIDE = from_ms(5)
_LOUD = 32768 * 10 ** (-40 / 20)
_FRAME = from_ms(20)
_LONGEST = 5 * _FRAME + 2
"""A voice that is silent for longer has come to the end of what it says."""
_CHANCE = 2
"""So many samples beside a hole may be as silent as it is."""
_BLOCK = from_ms(64)
_ORDER = 12
_SHARP = 10.0
"""A sample that is predicted so much worse than those around it is a jump, where those are predicted well."""
_STEADY = 0.02
"""Speech is hardly ever predicted so well for a tenth of a second: each pulse of the voice comes as news."""


@dataclass(frozen=True, slots=True)
class Click:
    """A place in the recording, and what is wrong there, in a few words."""

    at: int
    what: str


def unexplained(samples: Samples, start: int = 0) -> list[Click]:
    """All that is found, in order; `start` is where in the recording these samples begin."""
    found = [*_holes(samples, start), *_repeats(samples), *_jumps(samples)]
    return [Click(start + click.at, click.what) for click in sorted(found, key=lambda click: click.at)]


def _holes(samples: Samples, start: int) -> Iterator[Click]:
    """Frames that do not move, between sounds that break off and set in at once: a voice knows nothing of frames."""
    edges = np.concatenate(([-1], np.flatnonzero(np.diff(samples)), [len(samples) - 1]))
    lengths = np.diff(edges)
    for number in np.flatnonzero((lengths >= _FRAME // 2) & (lengths <= _LONGEST)):
        first, past = int(edges[number]) + 1, int(edges[number + 1]) + 1
        framed = _begins_frame(start + first + _CHANCE) and _begins_frame(start + past)
        if framed and _is_loud(samples[first - _SIDE : first]) and _is_loud(samples[past : past + _SIDE]):
            yield Click(first, f"{time(past - first)} of silence break in")


def _repeats(samples: Samples) -> Iterator[Click]:
    """A frame that is the one before it, which is not the one before that: a tone may be so by itself."""
    same = np.concatenate((np.zeros(_FRAME, bool), samples[_FRAME:] == samples[:-_FRAME]))
    breaks = np.flatnonzero(np.diff(same.astype(np.int8), prepend=0, append=0))
    for first, past in breaks.reshape(-1, 2).tolist():
        if _FRAME <= past - first < 2 * _FRAME and _is_loud(samples[first:past]):
            yield Click(first, f"{time(past - first)} come twice")


def _jumps(samples: Samples) -> Iterator[Click]:
    """Where a tone goes on, before and after, as linear prediction has it, and does not for a moment."""
    blocks = [samples[start : start + _BLOCK] for start in range(0, len(samples) - _BLOCK + 1, _BLOCK // 2)]
    for number in range(3, len(blocks) - 3):
        before, block = blocks[number - 2], blocks[number]
        around = (before, blocks[number - 3], blocks[number + 2], blocks[number + 3])
        if not all(_miss(before, other) < _STEADY for other in around):
            continue
        errors = _errors(before, block)
        worst = int(errors.argmax())
        # What lies in the quarters at the ends is in the middle of another block.
        inside = _BLOCK // 4 <= worst + _ORDER < 3 * _BLOCK // 4
        if inside and errors[worst] > max(_SHARP * float(np.median(errors)), _LOUD):
            yield Click(number * (_BLOCK // 2) + _ORDER + worst, "a jump")


def _miss(before: Samples, block: Samples) -> float:
    """How far a sound is from what another leads to, as a share of its size; all of it if it is quiet."""
    return float(np.median(_errors(before, block)) / np.std(block)) if _is_loud(block) else 1.0


def _errors(before: Samples, block: Samples) -> NDArray[np.float64]:
    """How far each sample is from what the twelve before it lead to, if it goes on as `before` did."""
    rows, wanted = _prediction(before)
    weights, *_ = np.linalg.lstsq(rows, wanted)
    rows, wanted = _prediction(block)
    errors: NDArray[np.float64] = np.abs(wanted - rows @ weights)
    return errors


def _prediction(block: Samples) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Twelve samples each, and the one that follows them."""
    wave = block - block.mean(dtype=np.float64)
    return np.lib.stride_tricks.sliding_window_view(wave, _ORDER)[:-1], wave[_ORDER:]


def _begins_frame(place: int) -> bool:
    return place % (_FRAME // 2) <= _CHANCE


def _is_loud(samples: Samples) -> bool:
    return len(samples) >= _SIDE and float(np.std(samples)) > _LOUD
