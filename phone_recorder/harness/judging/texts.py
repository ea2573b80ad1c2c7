"""Texts that are looked for, and texts as they stand in a failure. `/.../` is a regular expression."""

from __future__ import annotations

import re
from collections.abc import Sequence

from phone_recorder.harness.scenario.wanted_text import is_expression, pattern_of
from phone_recorder.wire.printable import printable

MOST = 5
"""Of a list, so many are named."""

_PLAIN = re.compile(r"[\w.%+-]+")
_BEGINS, _ENDS = re.compile(r"\d"), re.compile(r"(?<![\w.,:])[\d.,:]*\d$")
"""A number at either end of a text; one that goes on with a word, such as a file's name, is none at its end."""


def found(wanted: str, shown: str) -> bool:
    """Whether it stands anywhere in what is shown; the empty text does only where nothing is shown.

    A number at its beginning or end is all of that number: `2 min` is no part of `12 min`, nor `file 1` of `file 10`.
    """
    if pattern := pattern_of(wanted):
        return pattern.search(shown) is not None
    if not wanted:
        return not shown
    before = r"(?<!\d)(?<!\d[.,:])" if _BEGINS.match(wanted) else ""
    after = r"(?![.,:]?\d)" if _ENDS.search(wanted) else ""
    return re.search(f"{before}{re.escape(wanted)}{after}", shown) is not None


def same(wanted: str, value: str) -> bool:
    """Whether it is the value, all of it; an expression is looked for anywhere in it."""
    pattern = pattern_of(wanted)
    return pattern.search(value) is not None if pattern else wanted == value


def as_wanted(text: str) -> str:
    """A text that is looked for: a word and an expression stand for themselves, other texts in quotes."""
    return printable(text) if _PLAIN.fullmatch(text) or is_expression(text) else quoted(text)


def quoted(text: str) -> str:
    """A text as it was seen, in one line."""
    return f'"{printable(text)}"'


def listed(names: Sequence[str], most: int = MOST) -> str:
    """The first of them, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def there_are(count: int) -> str:
    """How many there are."""
    return {0: "there is none", 1: "there is 1"}.get(count, f"there are {count}")
