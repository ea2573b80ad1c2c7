"""What a line asks of a message, taken apart: a name, fields with their values, and words that must stand in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from phone_recorder.harness.judging.texts import same
from phone_recorder.harness.scenario.wanted_text import pattern_of

_FIRST = re.compile(r"(/.+?/(?=\s|$)|\S*)\s*(.*)", re.DOTALL)
"""A word, or an expression, which may have blanks in it, and what follows."""
VALUE = r'("[^"]*"|/.+?/|.*?)'
"""In quotes, between two slashes, or as it stands; then comes the next field, or nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`name` is empty for any; `words` are texts that must stand in the message as words of their own.

    `fields` are names and values; each of them must be there, and so it is with two of one name.
    """

    name: str = ""
    words: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()


def read_asked(text: str, fields: re.Pattern[str]) -> Asked:
    """Read `RecordStartResponse result=failed`; `fields` finds a field in it, its name and its value.

    UsageError if an expression in it is none: it is told even where there is no message to hold it against.
    """
    text = text.strip()
    name, rest = ("", text) if fields.match(text) else _first(text)
    expression, rest = _first(rest) if rest.startswith("/") else ("", rest)
    found = tuple((one[1], (one[2] or "").strip()) for one in fields.finditer(rest))
    plain = " ".join(fields.sub(" ", rest).split())
    asked = Asked(_bare(name) or name, tuple(_bare(words) or words for words in (expression, plain) if words), found)
    for part in (asked.name, *asked.words, *(value for _, value in asked.fields)):
        pattern_of(part)
    return asked


def value_is(wanted: str, value: str) -> bool:
    """Whether a field's value is that, all of it; in quotes too, which a value may have itself."""
    return same(wanted, value) or same(_bare(wanted), value)


def stands_in(wanted: str, text: str) -> bool:
    """Whether it does as words of their own: `on` is no part of `only`."""
    if pattern := pattern_of(wanted):
        return pattern.search(text) is not None
    return re.search(rf"(?<![\w-]){re.escape(wanted)}(?![\w-])", text) is not None


def _first(text: str) -> tuple[str, str]:
    first = _FIRST.match(text)
    return (first[1], first[2]) if first else ("", text)


def _bare(text: str) -> str:
    """Without the quotes around all of it."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1] else text
