"""Voices for peers, and how what was said is found again in what somebody else heard or recorded.

Between the two lie codecs, jitter buffers, playout clocks and somebody else's resampler: so each 100 ms of the voice is
sought for itself, near where the one before was found, and compared by normalised cross-correlation.
"""

from __future__ import annotations

import wave
from array import array
from dataclasses import dataclass
from itertools import accumulate
from math import sqrt
from operator import mul
from pathlib import Path

from phone_recorder.adapters.audio_files import open_pcm

SPEECH = Path(__file__).parents[3] / "fixtures" / "speech"
RATE = 8000
"""All comparing is done at this rate."""
WINDOW = 800
"""100 ms."""
_COARSE = 4
"""The first search is done at 2 kHz: that is where most of a voice is."""
_NEAR = (24, 480)
"""A window may stand so many samples off from where the last one did: first looked for very near, then up to 60 ms."""
ALIKE = 0.9
_AUDIBLE = 800
"""Peak of a window that is looked for. In one that is softer, G.711's own noise is too much of it."""


@dataclass(frozen=True)
class Found:
    """`share`: of the windows in which the voice says something, those that were heard, in their order.

    `at_s`: where the voice begins in what was heard. `drift_s`: by how much later its end is than its beginning.
    """

    share: float
    at_s: float
    drift_s: float


def voice(name: str, path: Path, *, rate: int = RATE, seconds: float = 0, skip_s: float = 0) -> Path:
    """A WAV file of one of the fixtures' voices (near_en, far_en, near_zh, far_zh) at a rate."""
    samples = samples_of(SPEECH / f"{name}.wav", rate)[round(skip_s * rate) :]
    write_wav(path, samples[: round(seconds * rate) or len(samples)], rate)
    return path


def taking_turns(directory: Path) -> tuple[Path, Path]:
    """Two people, 4.3 s: the near one speaks in the first two, the far one in the rest, so mixed none is covered."""
    near = voice("near_en", directory / "near.wav", seconds=4.3)
    return near, voice("far_en", directory / "far.wav", seconds=4.3)


def samples_of(path: Path, rate: int = RATE) -> array[int]:
    """All of an audio file that the product reads, record files too."""
    whole = array("h")
    for chunk in open_pcm(path, rate):
        whole += chunk
    return whole


def read_wav(path: Path, rate: int) -> array[int]:
    """A WAV file by Python's own reader; it must be mono, 16 bit, and of this rate."""
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, rate)
        return array("h", file.readframes(file.getnframes()))


def write_wav(path: Path, samples: array[int], rate: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def find(said: array[int], heard: array[int]) -> Found:
    """Look for a voice in what somebody heard, both at 8 kHz."""
    mark = _loudest(said)
    anchor = _place(said[mark : mark + WINDOW], heard) - mark
    lags = _follow(said, heard, range(mark, len(said) - WINDOW, WINDOW), anchor)
    lags |= _follow(said, heard, range(mark - WINDOW, -1, -WINDOW), anchor)
    audible = [at for at in lags if _speaks(said[at : at + WINDOW])]
    found = {at: lags[at] for at in sorted(audible) if lags[at] is not None}
    ends = [lag for lag in found.values() if lag is not None] or [anchor]
    share = len(found) / len(audible) if audible else 0.0
    return Found(share, ends[0] / RATE, (ends[-1] - ends[0]) / RATE)


def likeness(a: array[int], b: array[int]) -> float:
    """The normalised cross-correlation of two signals of one length: 1 for the same, at any level."""
    power = sqrt(sum(map(mul, a, a)) * sum(map(mul, b, b)))
    return sum(map(mul, a, b)) / power if power else 0.0


def _follow(said: array[int], heard: array[int], places: range, lag: int) -> dict[int, int | None]:
    """For each place in what was said, how much later it was heard; None where it was not."""
    lags: dict[int, int | None] = {}
    for at in places:
        lags[at] = None
        if _speaks(said[at : at + WINDOW]):
            lags[at] = _lag(said[at : at + WINDOW], heard, at + lag, at)
            lag = lag if (now := lags[at]) is None else now
    return lags


def _lag(pattern: array[int], heard: array[int], expected: int, at: int) -> int | None:
    """How much later than `at` the pattern is heard, about where it is expected."""
    for near in _NEAR:
        start = max(expected - near, 0)
        best, alike = _best(pattern, heard[start : max(expected + WINDOW + near, 0)])
        if alike >= ALIKE:
            return start + best - at
    return None


def _place(pattern: array[int], signal: array[int]) -> int:
    """Where in the signal the pattern is: first roughly, at 2 kHz, then to the sample."""
    rough = _COARSE * _best(_thinned(pattern), _thinned(signal))[0]
    near = max(rough - 2 * _COARSE, 0)
    return near + _best(pattern, signal[near : rough + len(pattern) + 2 * _COARSE])[0]


def _best(pattern: array[int], signal: array[int]) -> tuple[int, float]:
    """Where in the signal the pattern is most like it, and how much."""
    size = len(pattern)
    powers = [0, *accumulate(map(mul, signal, signal))]
    own = sqrt(sum(map(mul, pattern, pattern))) or 1.0
    best, alike = 0, -1.0
    for at in range(len(signal) - size + 1):
        power = powers[at + size] - powers[at]
        if power and (now := sum(map(mul, pattern, signal[at : at + size])) / (own * sqrt(power))) > alike:
            best, alike = at, now
    return best, alike


def _thinned(samples: array[int]) -> array[int]:
    """A quarter of the samples, each the mean of four."""
    fours = zip(*(samples[offset::_COARSE] for offset in range(_COARSE)), strict=False)
    return array("h", [sum(four) // _COARSE for four in fours])


def _loudest(samples: array[int]) -> int:
    starts = range(0, max(len(samples) - WINDOW, 1), WINDOW)
    return max(starts, key=lambda at: sum(map(mul, samples[at : at + WINDOW], samples[at : at + WINDOW])))


def _speaks(samples: array[int]) -> bool:
    return max(map(abs, samples), default=0) > _AUDIBLE
