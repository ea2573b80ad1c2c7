"""Jumps that no voice explains: frames that were dropped, doubled or left out.

The recording is followed along what was said. Where it is another sound, one of two things is true: soon it goes on as
before, then something was put there that nobody said; or it goes on at another lag, then audio was dropped or doubled.
That is no click where it can have been done in silence, or in a tone that goes on without a seam.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import numpy as np

from phone_recorder.harness.audio.fit import Spans, Voices, gram, likeness_in, partial
from phone_recorder.harness.audio.lags import lag_of, pieces_of
from phone_recorder.harness.audio.likeness import Powers, find_lags, speaks
from phone_recorder.harness.audio.recorded import Heard
from phone_recorder.harness.audio.samples import Samples, pieces
from phone_recorder.harness.audio.track import QUIET, WINDOW, Track, power_of
from phone_recorder.harness.audio.unexplained import Click, unexplained
from phone_recorder.harness.audio.words import time
from phone_recorder.recording.units import SECOND, from_ms

_REACH = SECOND // 2
_AHEAD = from_ms(250)
"""So much of what follows tells how the recording goes on."""
_BACK = 2 * SECOND
"""So long before a jump shows it may have been made in silence."""
_PIECES = 12
_SURE = 0.9

Lags = dict[str, int]


def find_clicks(heard: Heard, voices: Voices, start: int, end: int, unsettled: Spans | None = None) -> list[Click]:
    """All clicks of a span of the recording; `unsettled` is not looked at. What is loud while all are silent is one."""
    gains, lags = _begin(heard, voices, start, end)
    if not voices:
        return unexplained(heard.samples[start:end], start)
    track = Track(heard, voices, gains, unsettled or [])
    return list(_follow(track, lags, start, end))


def nobody_is_heard(heard: Heard, voices: Voices, start: int, end: int) -> bool:
    """Whether somebody speaks in a span, and the recording is so quiet in all of it that nothing can click."""
    power = speaks(heard, voices, pieces_of(heard, start, end, SECOND // 2))
    if not any(loud.max() > QUIET for loud in power.values()):
        return False
    return all(_is_quiet(heard.samples[begin:over]) for begin, over in pieces(start, end, SECOND))


def _is_quiet(samples: Samples) -> bool:
    return bool((power_of(samples.astype(np.float32)) <= QUIET).all())


def _begin(heard: Heard, voices: Voices, start: int, end: int) -> tuple[dict[str, float], Lags]:
    """How loud the voices are in the recording, and where they are when it begins."""
    spans = pieces_of(heard, start, end, SECOND // 2)
    power = speaks(heard, voices, spans)
    gains: dict[str, float] = {}
    lags: Lags = {}
    for name in power:
        loud = [span for span, loud in zip(spans, power[name] > power[name].max() / 10, strict=True) if loud]
        known = [_one(heard, voices, power, name, span) for span in loud[:: max(len(loud) // _PIECES, 1)]]
        sure = [(lag, gain) for likeness, lag, gain in known if likeness > _SURE]
        # A voice that is nowhere is missing from all of it, which is no click.
        lags[name], gains[name] = (sure[0][0], median(gain for _, gain in sure)) if sure else (0, 0.0)
    return gains, lags


def _one(heard: Heard, voices: Voices, power: Powers, name: str, span: tuple[int, int]) -> tuple[float, int, float]:
    """Likeness, lag and loudness of a voice in a piece, with all others at the lags that they have in it."""
    lags = find_lags(heard, voices, dict.fromkeys(power, np.ones(1)), [span], _REACH)
    likeness, gain = likeness_in(partial(gram(heard, voices, lags, [span]), 1 + list(lags).index(name)))
    return likeness, lags[name], gain


def _follow(track: Track, lags: Lags, start: int, end: int) -> Iterator[Click]:
    while (place := _first_wrong(track, lags, start, end)) is not None:
        before, lags = lags, _lock(track, lags, place, min(place + _AHEAD, end))
        if not _is_heard(track, lags, place, min(place + _AHEAD + _REACH, end)):
            lags = before
        if lags == before:
            start = _first_right(track, lags, place, end)
            yield Click(place, f"{time(start - place)} that nobody said")
        else:
            start = place + WINDOW
            if click := _jump(track, before, lags, place, end):
                yield click


def _first_wrong(track: Track, lags: Lags, start: int, end: int) -> int | None:
    """The first window that is another sound."""
    for begin in range(start, end - WINDOW + 1, SECOND):
        wrong = np.flatnonzero(track.fit(lags, begin, min(begin + SECOND, end)).wrong)
        if wrong.size:
            return begin + int(wrong[0]) * WINDOW
    return None


def _first_right(track: Track, lags: Lags, place: int, end: int) -> int:
    """Where it goes on as before."""
    for begin in range(place, end - WINDOW + 1, SECOND):
        right = np.flatnonzero(~track.fit(lags, begin, min(begin + SECOND, end)).wrong)
        if right.size:
            return begin + int(right[0]) * WINDOW
    return end


def _lock(track: Track, lags: Lags, place: int, end: int) -> Lags:
    """The lags at which the recording goes on: those of now, if no others fit better."""
    candidates = [lags, *_candidates(track, lags, place, end)] if lags else [lags]
    # The first window is left out: the jump is in it, and nothing fits.
    wrong = [int(track.fit(candidate, place + WINDOW, end).wrong.sum()) for candidate in candidates]
    return candidates[wrong.index(min(wrong))]


def _is_heard(track: Track, lags: Lags, place: int, end: int) -> bool:
    """Whether anything but silence is as these lags have it: they would explain that a voice is missing at the end."""
    right = track.fit(lags, place, end).right
    return bool((right & (power_of(track.said(lags, place, end)) > QUIET)).any())


def _candidates(track: Track, lags: Lags, place: int, end: int) -> Iterator[Lags]:
    """All voices moved by as much, or one of them."""
    begin = track.heard.over(place + WINDOW, end)
    if not begin:
        return
    start, end = begin[0].start, begin[0].end
    recorded = track.heard.samples[start:end].astype(np.float32)
    moved = lag_of(recorded, track.around(lags, start, end, _REACH))
    yield {name: lag + moved for name, lag in lags.items()}
    for name in lags if len(lags) > 1 else ():
        others = {other: lag for other, lag in lags.items() if other != name}
        left = recorded - track.said(others, start, end)
        yield {**lags, name: lags[name] + lag_of(left, track.around({name: lags[name]}, start, end, _REACH))}


def _jump(track: Track, before: Lags, after: Lags, place: int, end: int) -> Click | None:
    """The click where lags change; None if they can have changed where nobody hears it."""
    moved = max((after[name] - before[name] for name in after), key=abs)
    if _seamless(track, before, after, place, end):
        return None
    return Click(place, f"{time(abs(moved))} {'doubled or put in' if moved > 0 else 'dropped'}")


def _seamless(track: Track, before: Lags, after: Lags, place: int, end: int) -> bool:
    """Whether there is a window that is right both ways, and none that is wrong between it and the jump."""
    start = place - min(_BACK, place) // WINDOW * WINDOW
    over = min(place + 2 * WINDOW, end)
    old, new = track.fit(before, start, over), track.fit(after, start, over)
    since = np.flatnonzero(new.wrong)
    first = int(since[-1]) + 1 if since.size else 0
    return bool((old.right & new.right)[first : (place - start) // WINDOW + 1].any())
