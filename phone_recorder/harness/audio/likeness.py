"""How like a recording is to a voice, where that belongs.

The recording of a span is held against what the voice said at the instants that were recorded then, both less what the
other voices explain of them: so each voice of a mix is as like as it would be alone, up to the noise of the codecs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial as given

import numpy as np

from phone_recorder.harness.audio.fit import Gram, Lags, Spans, Voices, gram, likeness_in, partial, residual
from phone_recorder.harness.audio.lags import Floats, find_lag, loudest, pieces_of, powers
from phone_recorder.harness.audio.recorded import Heard
from phone_recorder.recording.units import SECOND, from_ms

REACH = from_ms(40)
"""A voice that is no further from where it was said is where it belongs."""
FAR_REACH = 3 * SECOND
"""Where a voice is looked for that is not there."""
GOOD = 0.95
ABSENT = 0.5
"""Less likeness than this is no more than chance finds in what somebody else says."""
PLAIN = 0.8
"""With so much of it, a voice is heard where it does not belong: among so many lags some are like it by chance."""
FAINT = 0.1
"""A voice that is so much quieter than it was said, 20 dB, is not in a recording, whatever it is like."""
SILENT = 32768**2 * 10 ** (-60 / 10)
"""The power of a voice that says nothing: A-law's silence, 72 dB below full scale, is below it."""
_SHORT = SECOND // 2

Powers = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Likeness:
    """`value` from -1 to 1; `gain`: 1 if it is as loud as it was said; `lag` in units, above 0 if the voice is late.

    `lags` are those of all voices that speak.
    """

    value: float
    gain: float
    lag: int
    lags: Lags


def speaks(heard: Heard, voices: Voices, spans: Spans) -> Powers:
    """The power of each voice in each of these spans, of those that say anything in them, the loudest first."""
    power = {name: powers(heard, voices, name, spans) for name in voices}
    loud = sorted(power, key=lambda name: -power[name].max(initial=0.0))
    return {name: power[name] for name in loud if power[name].max(initial=0.0) > SILENT}


def likeness(heard: Heard, voices: Voices, name: str, start: int, end: int, good: float = GOOD) -> Likeness | None:
    """That of one voice; None if it says nothing then. Unless it is `good` at one lag, each half second has its own."""
    spans = pieces_of(heard, start, end)
    speaking = speaks(heard, voices, spans)
    if name not in speaking:
        return None
    lags = find_lags(heard, voices, speaking, spans)
    number = 1 + list(lags).index(name)
    value, gain = likeness_in(partial(gram(heard, voices, lags, [(start, end)]), number))
    if value < good:
        moving = _moving(heard, voices, speaking, number, pieces_of(heard, start, end, _SHORT))
        value, gain = max((value, gain), likeness_in(moving))
    return Likeness(value, gain, lags[name], lags)


def elsewhere(heard: Heard, voices: Voices, name: str, start: int, end: int) -> Likeness | None:
    """The same within 3 s of where the voice belongs, and with all others where they are within that."""
    spans = pieces_of(heard, start, end)
    speaking = speaks(heard, voices, spans)
    if name not in speaking:
        return None
    lags = find_lags(heard, voices, speaking, spans, FAR_REACH)
    value, gain = likeness_in(partial(gram(heard, voices, lags, [(start, end)]), 1 + list(lags).index(name)))
    return Likeness(value, gain, lags[name], lags)


def find_lags(heard: Heard, voices: Voices, power: Powers, spans: Spans, reach: int = REACH) -> dict[str, int]:
    """The lag of each voice of `power` in these spans, each found in what the others leave."""
    lags: dict[str, int] = {}
    # Twice: the first voice was looked for in a recording with all the others still in it.
    for name in [*power, *list(power)[:-1]]:
        others = {other: lag for other, lag in lags.items() if other != name}
        left = given(residual, heard, voices, others)
        lags[name] = find_lag(heard, voices[name], loudest(spans, power[name]), reach, left)
    return {name: lags[name] for name in power}


def _moving(heard: Heard, voices: Voices, power: Powers, number: int, spans: Spans) -> Gram:
    """The products of all spans, in each of them every voice at the lag, and as loud, as it is there."""
    total: Gram = np.zeros((2, 2))
    for span in spans:
        lags = find_lags(heard, voices, dict.fromkeys(power, np.ones(1)), [span])
        total += partial(gram(heard, voices, lags, [span]), number)
    return total
