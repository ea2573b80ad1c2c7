"""What a number may be, and from when to when, as text: `> 0.95`, `2 s ± 200 ms`, `between 2 s and 5 s`."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from math import inf

from phone_recorder.errors import UsageError
from phone_recorder.harness.scenario.bound import Bound, Span
from phone_recorder.harness.scenario.words import ALL, DECIBELS, LIKENESS, NUMBER, SECONDS, SIZE, TIME, Word
from phone_recorder.recording.units import SECOND

_LEADS = {
    ">=": (True, False, False),
    "<=": (False, True, False),
    ">": (True, False, True),
    "<": (False, True, True),
    "at least": (True, False, False),
    "at most": (False, True, False),
}
"""What stands in front of a number: whether it is the lowest, whether it is the highest, and whether it is out."""
_SPREAD = re.compile(r" *(?:±|\+-) *")
_TO = re.compile(" +to +")
_AND = re.compile(" +and +")
_CLOCK = "[0-9]{1,3}:[0-5][0-9](?::[0-5][0-9])?"


def parse_bound(text: str, word: Word[float]) -> Bound:
    """A bound for what that word stands for; UsageError if it is none."""
    for sign, (lowest, highest, out) in _LEADS.items():
        if text.startswith(sign):
            number = word.read(text[len(sign) :].strip())
            return Bound(number if lowest else -inf, number if highest else inf, text, out)
    if len(around := _SPREAD.split(text)) == 2:
        centre, spread = map(word.read, around)
        if spread < 0:
            raise UsageError(f"{text} leaves nothing: write what is behind ± without a minus")
        return Bound(centre - spread, centre + spread, text)
    if len(ends := _TO.split(text)) == 2:
        low, high = map(word.read, ends)
        return _between(low, high, text)
    number = word.read(text)
    return Bound(number, number, text)


def _between(low: float, high: float, text: str) -> Bound:
    if low > high:
        raise UsageError(f"{text} ends before it begins: write the smaller number first")
    return Bound(low, high, text)


def bound_of(word: Word[float]) -> Word[Bound]:
    """The word for a bound of such numbers."""
    pattern, told = (_pattern(f"(?:{one})", f"(?:{word.pattern})") for one in (word.pattern, word.schema))
    return Word("BOUND", word.what, pattern, partial(_bound, word), word.example, told)


def _pattern(one: str, spread: str) -> str:
    return rf"(?:(?:{'|'.join(_LEADS)}) *{one}|{one}(?: *(?:±|\+-) *{spread}| +to +{one})?)"


def _least_of(word: Word[float]) -> Word[Bound]:
    """The word for a bound of which editors take no upper end but all."""
    one = f"(?:{word.schema})"
    return replace(bound_of(word), told=rf"(?:(?:>=|>|at least) *{one}|{one}(?: +to +{ALL})?)")


def _bound(word: Word[float], text: str) -> Bound:
    return parse_bound(text, word)


def _timer(text: str) -> Bound:
    """A time, or what the screen shows for all of a second."""
    if not re.fullmatch(_CLOCK, text):
        return parse_bound(text, TIME)
    seconds = 0
    for part in text.split(":"):
        seconds = seconds * 60 + int(part)
    return Bound(seconds * SECOND, (seconds + 1) * SECOND - 1, text)


def _below(text: str) -> Bound:
    return Bound(high=DECIBELS.read(text.removeprefix("below").strip()), text=text)


def _lag(text: str) -> Bound:
    reach = TIME.read(text.removeprefix("within").strip())
    return Bound(-reach, reach, text)


def _span(text: str) -> Span:
    lead, _, rest = text.partition(" ")
    if lead != "between":
        instant = TIME.read(rest.strip())
        if lead == "until" and not instant:
            raise UsageError(f"{text} has no length: write a time after the beginning")
        return Span(instant) if lead == "from" else Span(0, instant)
    start, end = map(TIME.read, _AND.split(rest.strip()))
    if start >= end:
        raise UsageError(f"{text} has no length: write the earlier time first")
    return Span(start, end)


def _voices(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall("near|far", text)))


COUNTS = bound_of(NUMBER)
TIMES = bound_of(TIME)
SIZES = bound_of(SIZE)
SHARES = _least_of(LIKENESS)
LEVELS = bound_of(DECIBELS)
ALL_SECONDS = bound_of(SECONDS)
_ONE = TIME.pattern
TIMER = Word("TIME", "time", f"(?:{TIMES.pattern}|{_CLOCK})", _timer, "one such as 2 s ± 200 ms, or 00:02")
BELOW = Word(
    "below LEVEL",
    "level",
    rf"below +(?:{DECIBELS.pattern})",
    _below,
    "one such as below -50 dB",
    rf"below +(?:(?=-){DECIBELS.schema})",
)
LAG = Word("within TIME", "time", rf"within +{_ONE}", _lag, "one such as within 20 ms")
SPAN = Word(
    "between TIME and TIME",
    "span of time",
    rf"(?:between +{_ONE} +and +{_ONE}|(?:from|until) +{_ONE})",
    _span,
    "one such as between 2 s and 5 s",
)
VOICES = Word("VOICES", "voices", "(?:near|far)(?:(?:,| and) +(?:near|far))?", _voices, "near, far or both")
MIX = Word("near + far", "mix", r"(?:near|far)(?: *\+ *(?:near|far))?", _voices, "near, far, or near + far")
