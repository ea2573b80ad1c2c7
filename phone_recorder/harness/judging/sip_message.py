"""A SIP message, held against what a line asks for: a method or a status, headers, words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from phone_recorder.harness.judging.asked import VALUE, Asked, stands_in, value_is
from phone_recorder.harness.judging.texts import same

_NAME = r"[A-Za-z][\w.-]*"
FIELD = re.compile(rf"(?<!\S)({_NAME}):(?:\s+{VALUE})??(?=\s+{_NAME}:(?:\s|$)|\s*$)")
"""A header, whose value, if it has one, goes on to the next."""


def fits(asked: Asked, text: str) -> bool:
    """Whether it has all that is asked for. A header's name has no case (RFC 3261 7.3.1), and a value is all of it."""
    headers = list(_headers(text))
    names = {name for name, _ in headers}
    return (
        (not asked.name or same(asked.name, _name(text)))
        and all(any(_is(name, wanted, header) for header in headers) for name, wanted in asked.fields)
        and all(words.lower() in names or stands_in(words, text) for words in asked.words)
    )


def shown(asked: Asked, text: str) -> str:
    """Its first line, and the headers that are asked for."""
    first, *lines = text.splitlines() or [""]
    names = {name.lower() for name in (*(field for field, _ in asked.fields), *asked.words)}
    return " ".join([first, *(line for line in lines if line.partition(":")[0].strip().lower() in names)])


def value_of(field: str, text: str) -> str | None:
    """What its first such header has; None if it has none."""
    return next((value for name, value in _headers(text) if name == field.lower()), None)


def _is(name: str, wanted: str, header: tuple[str, str]) -> bool:
    """Without a value it is enough that the header is there."""
    return name.lower() == header[0] and (not wanted or value_is(wanted, header[1]))


def _headers(text: str) -> Iterator[tuple[str, str]]:
    """Names in small letters, and values: of a message in one line, and of one that has lines."""
    first, *lines = text.splitlines() or [""]
    yield from ((found[1].lower(), (found[2] or "").strip()) for found in FIELD.finditer(first))
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            return
        yield name.strip().lower(), value.strip()


def _name(text: str) -> str:
    """The method, or the status: of `SIP/2.0 200 OK`, and of `200 OK`."""
    return next((word for word in text.split(maxsplit=2) if word != "SIP/2.0"), "")
