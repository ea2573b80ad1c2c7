"""A control message, held against what a line asks for."""

from __future__ import annotations

import re
from urllib.parse import unquote

from phone_recorder.errors import ControlError
from phone_recorder.harness.judging.asked import VALUE, Asked, stands_in, value_is
from phone_recorder.harness.judging.texts import same
from phone_recorder.harness.scenario.wanted_text import pattern_of
from phone_recorder.wire.control import pairs

FIELD = re.compile(rf"(?<!\S)(\w+)={VALUE}(?=\s+\w+=|\s*$)")
"""A value goes on, blanks and all, to the next field."""


def fits(asked: Asked, text: str) -> bool:
    """Whether it has all that is asked for. What is no control message is a text, in which all of it must stand."""
    name, _ = _pairs(text)
    return (
        (not asked.name or (same(asked.name, name) if name else _stands(asked.name, text)))
        and all(any(_is(wanted, value) for value in _values(key, text)) for key, wanted in asked.fields)
        and all(_stands(words, text) for words in asked.words)
    )


def shown(asked: Asked, text: str) -> str:
    """Its command, and what it has where a field is asked for."""
    name, values = _pairs(text)
    has = [f"{key}={values[key]}" for key, _ in asked.fields if key in values]
    return " ".join([name, *has]) if name else text


def value_of(field: str, text: str) -> str | None:
    """What it has there; None if it has no such field, or is no control message."""
    return _pairs(text)[1].get(field)


def _pairs(text: str) -> tuple[str, dict[str, str]]:
    """The command and its fields, decoded; no command if it is no control message."""
    try:
        return pairs(text.strip().encode(errors="replace"))
    except ControlError:
        return "", {}


def _values(key: str, text: str) -> list[str]:
    """What that field can be: one value of a control message, and of a text all that may be meant."""
    name, values = _pairs(text)
    if name:
        return [values[key]] if key in values else []
    stands = [unquote(found[1]).strip() for found in re.finditer(rf"(?<!\w){re.escape(key)}=([^&]*)", text)]
    return [*stands, *(value.split()[0] for value in stands if value)]


def _stands(words: str, text: str) -> bool:
    """As it passed, or decoded."""
    return stands_in(words, text) or stands_in(words, unquote(text))


def _is(wanted: str, value: str) -> bool:
    return value_is(wanted if pattern_of(wanted) else unquote(wanted), value)
