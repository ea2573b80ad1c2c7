"""Whether a voice is in step: how late it is, a few seconds at a time."""

from __future__ import annotations

import numpy as np

from phone_recorder.harness.audio.fit import Spans, Voices, gram, likeness_in, partial
from phone_recorder.harness.audio.lags import pieces_of
from phone_recorder.harness.audio.likeness import Powers, find_lags, speaks
from phone_recorder.harness.audio.recorded import Heard
from phone_recorder.harness.audio.samples import Span
from phone_recorder.harness.audio.words import between, lateness, time
from phone_recorder.harness.evidence import Instead, Where
from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.recording.units import SECOND

PIECE = 2 * SECOND
REACH = SECOND
KNOWN = 0.6
"""Less likeness than this, and what was found may be somebody else, who has up to 0.33 in 2 s, in half a second 0.58.

A voice that is there has 0.64 and more beside a louder one which drifts by 200 ppm.
"""
LOUD = 0.01
"""So much of the power of its loudest piece a voice needs in a piece in which it is looked for."""
_SHORT = SECOND // 2

Places = list[tuple[int, int]]
"""Where in the recording, and the lag there."""


def out_of_step(heard: Heard, voices: Voices, name: str, start: int, end: int, bound: Bound) -> Instead | None:
    """Where the voice is further from where it was said than the bound allows, or why that cannot be told."""
    spans = pieces_of(heard, start, end, PIECE)
    if name not in (power := speaks(heard, voices, spans)):
        return Instead(f"{name} says nothing {between(start, end)}", Where(start, end, name))
    found: Places = []
    for number in np.flatnonzero(power[name] >= LOUD * power[name].max()).tolist():
        here = {other: loud[number : number + 1] for other, loud in power.items() if loud[number] > 0}
        if not (known := _known(heard, voices, name, here, spans[number])):
            text = f"{name} is not heard within {time(REACH)} of where it was said {between(*spans[number])}"
            return Instead(text, Where(*spans[number], name))
        found += known
    place, lag = max(found, key=lambda pair: abs(pair[1]))
    if bound.holds(abs(lag)):
        return None
    return Instead(f"{name} is {lateness(lag)} at {time(place)}", Where(place, place, name))


def _known(heard: Heard, voices: Voices, name: str, power: Powers, span: Span) -> Places:
    """Place and lag of the voice in a piece; of each half second, if its lag changes; none if it is not there."""
    return _lags(heard, voices, name, power, [span]) or _lags(
        heard, voices, name, power, pieces_of(heard, *span, _SHORT)
    )


def _lags(heard: Heard, voices: Voices, name: str, power: Powers, spans: Spans) -> Places:
    """Place and lag where the voice is known again; none unless it is in all spans together."""
    out, total = [], np.zeros((2, 2))
    for span in spans:
        lags = find_lags(heard, voices, dict.fromkeys(power, np.ones(1)), [span], REACH)
        left = partial(gram(heard, voices, lags, [span]), 1 + list(lags).index(name))
        total += left
        if likeness_in(left)[0] >= KNOWN:
            out.append((span[0], lags[name]))
    return out if likeness_in(total)[0] >= KNOWN else []
