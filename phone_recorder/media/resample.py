"""Change of sample rate by a windowed-sinc FIR filter in polyphase form, for streams: state is kept between calls."""

from __future__ import annotations

from array import array
from functools import cache
from math import cos, gcd, pi, sin
from operator import mul

from phone_recorder.media import pcm as samples

_ZERO_CROSSINGS = 12
_PASSBAND = 0.92
_MAX_PHASES = 512
"""Rates with no small ratio share the nearest of so many phases: an error of 1/1024 sample, under the filter's own."""


class Resampler:
    """`rate_in` to `rate_out`, both in Hz. The filter delays by its half length, 1.5 ms at 8 kHz.

    Over a whole stream the output has the input's length x rate_out / rate_in, rounded up, and where that is a whole
    number for each call, as between 8 and 16 kHz, so does each call.
    """

    def __init__(self, rate_in: int, rate_out: int) -> None:
        divisor = gcd(rate_in, rate_out)
        self._up, self._down = rate_out // divisor, rate_in // divisor
        self._phases = _filters(self._up, self._down)
        self._taps = len(self._phases[0])
        self._history = array("h", bytes(2 * (self._taps - 1)))
        self._position = 0  # of the next output sample, in 1/up of an input sample from the end of the history

    def feed(self, pcm: array[int]) -> array[int]:
        """The samples that these complete."""
        if self._up == self._down:
            return pcm
        window = self._history + pcm
        end = len(pcm) * self._up
        out = samples.saturate(self._at(window, position) for position in range(self._position, end, self._down))
        self._position += len(out) * self._down - end
        self._history = window[len(window) - self._taps + 1 :]
        return out

    def _at(self, window: array[int], position: int) -> float:
        start, fraction = divmod(position, self._up)
        phase = self._phases[fraction * len(self._phases) // self._up]
        return sum(map(mul, phase, window[start : start + self._taps]), 0.0)


@cache
def _filters(up: int, down: int) -> tuple[tuple[float, ...], ...]:
    """One filter a phase, oldest sample's tap first; each has a gain of 1 at 0 Hz."""
    cutoff = _PASSBAND * min(1.0, up / down)
    half = round(_ZERO_CROSSINGS / cutoff)
    count = min(up, _MAX_PHASES)
    return tuple(_filter(half, cutoff, phase / count) for phase in range(count))


def _filter(half: int, cutoff: float, fraction: float) -> tuple[float, ...]:
    taps = [_windowed_sinc(tap - half + 1 - fraction, half, cutoff) for tap in range(2 * half)]
    gain = sum(taps)
    return tuple(tap / gain for tap in taps)


def _windowed_sinc(x: float, half: int, cutoff: float) -> float:
    if abs(x) >= half:
        return 0.0
    sinc = sin(pi * cutoff * x) / (pi * x) if x else cutoff
    # A Blackman window.
    return sinc * (0.42 + 0.5 * cos(pi * x / half) + 0.08 * cos(2 * pi * x / half))
