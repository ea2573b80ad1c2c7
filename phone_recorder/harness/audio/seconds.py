"""A voice second by second: one sentence too few, or too many, changes the likeness of a long span by next to nothing.

Only seconds are judged in which the voice is loud enough to be told from a codec's noise. Of the four voices of
fixtures/speech, one that is not in a recording of another had a likeness of up to 0.37 in such a second (441 seconds,
each pair at five distances), and of up to 0.51 if it was looked for within 3 s (150 seconds, at three). One that was
there had 0.98 and more, beside a tone that was 20 dB louder 0.79 and more. So ABSENT is the limit for one that is where
it belongs, and PLAIN for one that is elsewhere.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from phone_recorder.harness.audio.fit import Lags, Spans, Voices, gram, likeness_in, partial
from phone_recorder.harness.audio.lags import Floats, pieces_of, powers
from phone_recorder.harness.audio.likeness import ABSENT, FAINT, FAR_REACH, PLAIN, Likeness, find_lags, likeness, speaks
from phone_recorder.harness.audio.recorded import Heard
from phone_recorder.harness.audio.samples import Span
from phone_recorder.harness.audio.track import QUIET
from phone_recorder.recording.units import SECOND

_LOUD = 0.01
"""So much of the power of its loudest second a voice needs in a second that is judged, and QUIET at least."""
_SPARE = 0.5
"""So much less than a faint voice may be left of a recording, at the lags of the whole, before it is looked for."""

Found = tuple[Span, Likeness]


def missing(heard: Heard, voices: Voices, name: str, start: int, end: int, lags: Lags, least: float) -> Found | None:
    """The first second of a voice's speech without it: not above that likeness, or faint; None if there is none.

    `lags` are those of the whole span. What lies in the voice's holes is left out.
    """
    for span in _spoken(heard, voices, name, _overlapping(heard, start, end)):
        value, gain = likeness_in(_of(heard, voices, name, lags, span))
        if value > least and gain >= FAINT:
            continue
        here = likeness(heard, voices, name, *span, least)
        if here and (here.value <= least or here.gain < FAINT):
            return span, here
    return None


def present(heard: Heard, voices: Voices, name: str, start: int, end: int, lags: Lags, most: float) -> Found | None:
    """The first second with a voice in it, where that belongs or within 3 s of it; None if there is none."""
    spans = pieces_of(heard, start, end)
    power = powers(heard, voices, name, spans)
    for span, here in zip(spans, power, strict=True):
        left = _of(heard, voices, name, lags, span)[0, 0] / (span[1] - span[0])
        if left < _SPARE * FAINT**2 * _loud(power):
            continue
        if here >= _loud(power):
            like = likeness(heard, voices, name, *span, -1.0)
            if like and like.value >= max(most, ABSENT) and like.gain >= FAINT:
                return span, like
        other = _elsewhere(heard, voices, name, span, _loud(power))
        if other and other.value >= max(most, PLAIN) and other.gain >= FAINT and other.lag:
            return span, other
    return None


def _of(heard: Heard, voices: Voices, name: str, lags: Lags, span: Span) -> Floats:
    return partial(gram(heard, voices, lags, [span]), 1 + list(lags).index(name))


def _elsewhere(heard: Heard, voices: Voices, name: str, span: Span, loud: float) -> Likeness | None:
    """Where within 3 s the voice is most like this second; None if it is not loud there."""
    others = {other: voice for other, voice in voices.items() if other != name}
    # Last: it is looked for in what the others leave.
    power = {**speaks(heard, others, [span]), name: np.ones(1)}
    lags = find_lags(heard, voices, power, [span], FAR_REACH)
    left = _of(heard, voices, name, lags, span)
    if left[1, 1] < loud * (span[1] - span[0]):
        return None
    return Likeness(*likeness_in(left), lags[name], lags)


def _spoken(heard: Heard, voices: Voices, name: str, spans: Spans) -> Spans:
    """Those in which the voice is loud enough to be judged."""
    power = powers(heard, voices, name, spans)
    return [span for span, here in zip(spans, power, strict=True) if here >= _loud(power)]


def _loud(power: Floats) -> float:
    return max(_LOUD * float(power.max(initial=0.0)), QUIET)


def _overlapping(heard: Heard, start: int, end: int) -> Spans:
    """Seconds that begin every half second, none of them across a skipped pause."""
    out: Spans = []
    for stretch in heard.over(start, end):
        halves = pieces_of(heard, stretch.start, stretch.end, SECOND // 2)
        out += [(first[0], second[1]) for first, second in pairwise(halves)] or halves
    return out
