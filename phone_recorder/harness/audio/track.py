"""What a recording should hold, by what was said, and how far it is from that, 10 ms at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phone_recorder.harness.audio.fit import Lags, Spans, Voices
from phone_recorder.harness.audio.recorded import Heard
from phone_recorder.harness.audio.samples import Wave, cut
from phone_recorder.recording.units import from_ms
from phone_recorder.wire.payload import G722

WINDOW = from_ms(10)
QUIET = 32768**2 * 10 ** (-50 / 10)
"""The power below which nothing clicks."""
_WRONG, _RIGHT = 0.1, 0.02
"""The share of the power that is not explained: from here on it is another sound, up to there it is codec noise."""
_WRONG_IN_G722 = 0.3
"""What came in G.711 was resampled on its way into G.722, and has lost its highest tones: up to 0.21 of a hiss."""


class Fit(NamedTuple):
    """Of each window: whether it is another sound than was said, and whether nothing at all is wrong with it."""

    wrong: NDArray[np.bool_]
    right: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Track:
    """A recording, the voices of which it is the sum, and how loud each is in it, 1 as it was said."""

    heard: Heard
    voices: Voices
    gains: Mapping[str, float]
    unsettled: Spans
    """Where it is not looked at."""

    def fit(self, lags: Lags, start: int, end: int) -> Fit:
        """How each whole window from `start` on fits to voices that have these lags."""
        # One more on both sides: those at the ends have neighbours too.
        first = start - WINDOW if start >= WINDOW else start
        past = min(start + ((end - start) // WINDOW + 1) * WINDOW, len(self.heard.samples))
        recorded = self.heard.samples[first:past].astype(np.float32)
        said = self.said(lags, first, past)
        error, heard, wanted = (power_of(wave) for wave in (recorded - said, recorded, said))
        own = slice((start - first) // WINDOW, (start - first) // WINDOW + (end - start) // WINDOW)
        error, loud = error[own], _with_neighbours(np.maximum(heard, wanted))[own]
        another = _WRONG_IN_G722 if self.heard.codec is G722 else _WRONG
        wrong, right = error > np.maximum(another * loud, QUIET), error <= np.maximum(_RIGHT * loud, QUIET)
        for begun, over in self.unsettled:
            windows = slice(max(begun - start, 0) // WINDOW, max(-((start - over) // WINDOW), 0))
            wrong[windows], right[windows] = False, True
        return Fit(wrong, right)

    def said(self, lags: Lags, start: int, end: int) -> Wave:
        """The sum of the voices over a span of the recording."""
        total = np.zeros(end - start, np.float32)
        for name, lag in lags.items():
            total += self.heard.said(self.voices, name, start, end, lag) * np.float32(self.gains[name])
        return np.clip(total, -32768, 32767)

    def around(self, lags: Lags, start: int, end: int, reach: int) -> Wave:
        """The same, and what was said so far before and after it, as if the recording had no pause there."""
        first = self.heard.over(start, end)[0].instant - reach
        size = end - start + 2 * reach
        total = np.zeros(size, np.float32)
        for name, lag in lags.items():
            total += cut(self.voices[name], first - lag, first - lag + size) * np.float32(self.gains[name])
        return total


def power_of(wave: Wave) -> NDArray[np.float32]:
    """The mean square of each window, less its mean: silence of G.722 has a DC of its own, which nobody hears."""
    windows = wave[: len(wave) // WINDOW * WINDOW].reshape(-1, WINDOW)
    power: NDArray[np.float32] = np.einsum("ij,ij->i", windows, windows) / WINDOW - windows.mean(axis=1) ** 2
    return np.maximum(power, 0)


def _with_neighbours(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """The loudest of each window and the two beside it: a codec's noise lasts longer than what it hides in."""
    wide = np.pad(power, 1)
    return np.maximum(np.maximum(wide[:-2], wide[2:]), power)
