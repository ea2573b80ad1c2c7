"""The words of a scenario's phrases: times, sizes, shares and the like, each a pattern and what is read from it.

The patterns are regular expressions that Python and JSON Schema (ECMA-262) take alike, without groups that capture.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from phone_recorder.errors import UsageError
from phone_recorder.recording.units import SECOND, to_seconds
from phone_recorder.settings.kinds import quoted
from phone_recorder.settings.measures import Size
from phone_recorder.wire.payload import BY_NAME, PTIMES_MS

Value = TypeVar("Value", covariant=True)
Number = TypeVar("Number", int, float)

LONGEST_H = 24
"""So long is the longest time that is read, in hours: a scenario is no endurance test."""

_NUMBER = r"[0-9]{1,15}(?:\.[0-9]{1,9})?"
_TIME = rf"{_NUMBER} ?(?:h|min|ms|s)(?: {_NUMBER} ?(?:h|min|ms|s))*"
_PIECE = re.compile(rf"({_NUMBER}) ?(h|min|ms|s)")
_UNITS = re.compile(r"(?<=[0-9]) ?([A-Za-z]+)")
_SPELT = {
    "db": "dB", "dbfs": "dB", "hz": "Hz", "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "ms": "ms", "msec": "ms", "m": "min", "min": "min", "mins": "min", "minute": "min", "minutes": "min",
    "h": "h", "hr": "h", "hour": "h", "hours": "h", "ppm": "ppm",
}  # fmt: skip
"""Units as they are spelt here, by how some people spell them."""
_END = r"(?![0-9.,:a-z])"
_MISTAKES = tuple(
    (re.compile(rf"(?<![0-9.,:A-Za-z]){pattern}", re.IGNORECASE), advice)
    for pattern, advice in (
        (rf"0{{0,2}}([0-9]{{1,3}}):([0-5][0-9]){_END}", "write {0} min {1} s in place of {0}:{1}"),
        (r"([0-9]{1,9}),([0-9]{1,9})(?= ?[a-z%]|$)", "write {0}.{1} in place of {0},{1}"),
        (r"\.([0-9]{1,9})(?![0-9.])", "write 0.{0} in place of .{0}"),
        (r"([0-9.]{1,20}e[-+]?[0-9]{1,9})(?![0-9.])", "write all digits of {0}"),
    )
)
"""Numbers as some people write them, and what to write in their place."""
_LONG = re.compile("[0-9]{16}")
_LASTS_S = {"h": 3600, "min": 60, "s": 1, "ms": 0.001}


@dataclass(frozen=True, slots=True)
class Word(Generic[Value]):
    """`shown` stands for it in a phrase's form, `what` says what it is; `make` reads what the pattern matches.

    `make` may raise UsageError for what is out of limits. `told` is the pattern that editors have, where not all that
    the other matches is taken in the end.
    """

    shown: str
    what: str
    pattern: str
    make: Callable[[str], Value]
    example: str
    told: str = ""

    @property
    def schema(self) -> str:
        """The pattern that editors have."""
        return self.told or self.pattern

    def read(self, text: str) -> Value:
        """The value; UsageError says what to write instead."""
        if not re.fullmatch(self.pattern, text):
            instead = misspelt(text) or f"write {'a smaller number' if _LONG.search(text) else self.example}"
            raise UsageError(f"{quoted(text)} is no {self.what}: {instead}")
        return self.make(text)


def misspelt(text: str) -> str:
    """What to write in place of a number or a unit that is spelt otherwise; empty if there is none."""
    for pattern, advice in _MISTAKES:
        if found := pattern.search(text):
            return advice.format(*found.groups())
    kept = {*_SPELT.values(), "M"}  # of bytes
    wrong = next((unit for unit in _UNITS.findall(text) if unit not in kept and unit.lower() in _SPELT), "")
    return wrong and f"write {_SPELT[wrong.lower()]} in place of {wrong}"


def within(
    least: float, most: float, what: str, number: Callable[[str], Number], unit: str = ""
) -> Callable[[str], Number]:
    """A reader of numbers of a unit, which may stand behind them, that are within these limits."""

    def make(text: str) -> Number:
        value = number(text.removesuffix(unit).strip())
        if not least <= value <= most:
            raise UsageError(f"{text} is no {what} from {least} to {most}{unit and ' '}{unit}: write one that is")
        return value

    return make


def units(text: str) -> int:
    """Units of a time that matches; one in front of which there is a minus counts back."""
    sign = -1 if text.startswith("-") else 1
    seconds = sum(float(number) * _LASTS_S[unit] for number, unit in _PIECE.findall(text))
    if seconds > LONGEST_H * 3600:
        raise UsageError(f"{text} is longer than {LONGEST_H} h: write a shorter time")
    return sign * round(seconds * SECOND)


def _packets_ms(text: str) -> int:
    milliseconds = int(text.removesuffix("ms"))
    if milliseconds not in PTIMES_MS:
        raise UsageError(f"no packet lasts {text}: write one of {', '.join(map(str, PTIMES_MS))} ms")
    return milliseconds


def _timestamps(text: str) -> int:
    return int(text) if re.fullmatch("-?[0-9]+", text) else units(text)


def _share(text: str) -> float:
    share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    if share > 1:
        instead = f"{text} %" if share <= 100 and not text.endswith("%") else "a share such as 2 % or 0.02"
        raise UsageError(f"{text} is more than everything: write {instead}")
    return share


def _of_one(text: str) -> float:
    """A share of which nobody asks for a percent or two."""
    try:
        return _share(text)
    except UsageError:
        raise UsageError(f"{text} is more than everything: write one between 0 and 1, such as 0.9") from None


def _size(text: str) -> int:
    try:
        return Size().parse(text)
    except UsageError:
        raise UsageError(f"{text} is more than any stick has: write a smaller size") from None


_ZEROS = r"(?:\.0{1,9})?"
_DECIMALS = r"(?:\.[0-9]{1,9})?"
ALL = rf"(?:0{{0,2}}1{_ZEROS}|100{_ZEROS} ?%)"
_PART = rf"(?:0{{1,3}}{_DECIMALS}|0?[0-9]{{1,2}}{_DECIMALS} ?%)"
"""A share that is all, and one that is less, as editors have them."""

TEXT: Word[str] = Word("TEXT", "text", r"\S(?:.*?\S)??", str, "some text")
WORD: Word[str] = Word("WORD", "word", r"\S+", str, "one word")
TIME: Word[int] = Word("TIME", "time", rf"(?:{_TIME}|0)", units, "one with its unit, such as 3 s or 200 ms")
JUMP: Word[int] = Word("TIME", "time", rf"-?{_TIME}", units, "one with its unit, such as 1 h or -1 h")
MILLISECONDS: Word[int] = Word(
    "TIME", "time", TIME.pattern, lambda text: round(to_seconds(units(text)) * 1000), TIME.example
)
SECONDS: Word[float] = Word(
    "TIME", "time", rf"(?:{_TIME}|{_NUMBER})", lambda text: _seconds(text), "one such as 3 s or 200 ms"
)
SIZE: Word[int] = Word(
    "SIZE", "size", "[0-9]{1,15} ?[KMG]?(?:i?B)?", _size, "bytes, or a whole number with K, M or G, such as 8 MiB"
)
NUMBER: Word[int] = Word("NUMBER", "whole number", "[0-9]{1,15}", int, "one such as 3")
COUNT: Word[int] = Word(
    "NUMBER",
    "whole number",
    "[0-9]{1,9}",
    within(1, 1_000_000, "number", int),
    "a whole number from 1 to 1000000, such as 3",
    r"(?!0+(?![0-9]))(?:0{0,3}[0-9]{1,6}|0{0,2}1000000)",
)
_SHARE = r"[0-9]{1,3}(?:\.[0-9]{1,9})?(?: ?%)?"
SHARE: Word[float] = Word("SHARE", "share", _SHARE, _share, "one such as 2 % or 0.02", f"(?:{ALL}|{_PART})")
LIKENESS: Word[float] = Word(
    "SHARE", "share", _SHARE, _of_one, "one between 0 and 1, such as 0.9", rf"(?!0+{_ZEROS}(?: ?%|(?![0-9.%]))){_PART}"
)
DECIBELS: Word[float] = Word(
    "LEVEL",
    "level",
    rf"-?{_NUMBER}(?: ?dB)?",
    lambda text: float(text.removesuffix("dB")),
    "one such as -20 dB",
    rf"(?:-{_NUMBER}|0{{1,15}}{_ZEROS})(?: ?dB)?",
)
HERTZ: Word[float] = Word(
    "HZ",
    "frequency",
    rf"{_NUMBER} ?Hz",
    within(20, 4000, "frequency", float, "Hz"),
    "one such as 440 Hz",
    rf"0{{0,9}}(?:(?:[2-9][0-9]|[1-9][0-9]{{2}}|[1-3][0-9]{{3}}){_DECIMALS}|4000{_ZEROS}) ?Hz",
)
PTIME: Word[int] = Word(
    "TIME",
    "packet time",
    "[0-9]{1,3} ?ms",
    _packets_ms,
    "one such as 20 ms",
    f"0?(?:{'|'.join(map(str, PTIMES_MS))}) ?ms",
)
PPM: Word[int] = Word(
    "PPM",
    "drift",
    "[+-]?[0-9]{1,6} ?ppm",
    within(-100_000, 100_000, "drift", int, "ppm"),
    "one up to 100000 ppm, such as 150 ppm",
    "[+-]?(?:0?[0-9]{1,5}|100000) ?ppm",
)
TIMESTAMPS: Word[int] = Word(
    "NUMBER or TIME",
    "jump of timestamps",
    rf"-?(?:{_TIME}|[0-9]{{1,10}})",
    within(-(1 << 32), 1 << 32, "jump", _timestamps),
    "up to 4294967296 units of 1/8000 s, or a time such as 5 s",
)
SEQUENCE: Word[int] = Word(
    "NUMBER",
    "jump of sequence numbers",
    "-?[0-9]{1,5}",
    within(-65_535, 65_535, "jump", int),
    "one up to 65535, such as 1000",
    "-?(?:[0-9]{1,4}|[0-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])",
)
STATUS: Word[int] = Word("STATUS", "final status", "[2-6][0-9]{2}", int, "one from 200 to 699, such as 488")
DIGITS: Word[str] = Word("DIGITS", "digits", "[0-9A-D*#]{1,64}", str, "up to 64 digits of a phone, such as 123#")
CODEC: Word[str] = Word("CODEC", "codec", "|".join(BY_NAME), str, " or ".join(BY_NAME))
LEG: Word[str] = Word("PARTY", "party", "near|far", str, "near or far")
DIRECTION: Word[str] = Word("in or out", "direction", "in|out", str, "in or out")
FILE_SYSTEM: Word[str] = Word("FILE SYSTEM", "file system", "[A-Za-z][A-Za-z0-9_+-]{0,19}", str, "one such as exFAT")
SOUND_FILE: Word[str] = Word("FILE.wav", "WAV file", r"\S(?:.*?\S)??\.(?:wav|WAV)", str, "one such as expected.wav")


def _seconds(text: str) -> float:
    return float(text) if re.fullmatch(_NUMBER, text) else to_seconds(units(text))
