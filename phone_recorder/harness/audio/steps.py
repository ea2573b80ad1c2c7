"""Whether a voice is in step: how late it is, a few seconds at a time."""

from __future__ import annotations

from phone_recorder.harness.audio.fit import Voices, gram, likeness_in, partial
from phone_recorder.harness.audio.lags import pieces_of
from phone_recorder.harness.audio.likeness import find_lags, speaks
from phone_recorder.harness.audio.recorded import Heard
from phone_recorder.harness.audio.words import between, lateness, time
from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.recording.units import SECOND

PIECE = 2 * SECOND
REACH = SECOND
KNOWN = 0.7
"""Less likeness than this, and what was found may be somebody else."""


def out_of_step(heard: Heard, voices: Voices, name: str, start: int, end: int, bound: Bound) -> str | None:
    """Where the voice is further from where it was said than the bound allows, or why that cannot be told."""
    found = lags(heard, voices, name, start, end)
    if found is None:
        return f"{name} says nothing {between(start, end)}"
    if not found:
        return f"{name} is not heard within {time(REACH)} of where it was said {between(start, end)}"
    place, lag = max(found, key=lambda pair: abs(pair[1]))
    if bound.holds(abs(lag)):
        return None
    return f"{name} is {lateness(lag)} at {time(place)}" if lag else f"{name} is in step"


def lags(heard: Heard, voices: Voices, name: str, start: int, end: int) -> list[tuple[int, int]] | None:
    """Place and lag of the voice, of each piece where it is known again; None if it says nothing at all."""
    spans = pieces_of(heard, start, end, PIECE)
    if name not in (power := speaks(heard, voices, spans)):
        return None
    out = []
    for number, span in enumerate(spans):
        here = {other: power[other][number : number + 1] for other in power if power[other][number] > 0}
        if power[name][number] < power[name].max() / 100:
            continue
        found = find_lags(heard, voices, here, [span], REACH)
        likeness, _ = likeness_in(partial(gram(heard, voices, found, [span]), 1 + list(found).index(name)))
        if likeness >= KNOWN:
            out.append((span[0], found[name]))
    return out
