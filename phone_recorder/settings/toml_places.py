"""Where in a TOML document each key stands: what a reader that gives values alone does not tell.

For documents that tomllib has read without an error, and as far as sections, dotted and quoted keys, arrays and inline
tables go (TOML 1.0). What is not found has no place; nothing is raised.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

Path = tuple[str, ...]

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANKS = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_VALUE = re.compile(r"[^,\]}#\r\n]+")
_REST_OF_LINE = re.compile(r"[^\n]*\n?")


@dataclass(frozen=True, slots=True)
class Place:
    """A value: `start` and `end` are where it stands in the text."""

    start: int
    end: int


@dataclass(slots=True)
class Places:
    """`values` by path; `headers` are where each `[section]` stands.

    `sections` are where the last statement of each ends, its line break included, or the header if there is none.
    `dotted` is the same for what is written without a header, `record.mode = ...`, by the first word.
    """

    text: str
    values: dict[Path, Place] = field(default_factory=dict)
    headers: dict[Path, int] = field(default_factory=dict)
    sections: dict[Path, int] = field(default_factory=dict)
    dotted: dict[str, int] = field(default_factory=dict)

    def line(self, path: Path) -> int | None:
        """The line that a key or a section is on, or begins on, from 1; None if it was not found."""
        below = (place.start for at, place in self.values.items() if at[: len(path)] == path)
        start = self.headers.get(path, next(below, None))
        return None if start is None else self.text.count("\n", 0, start) + 1


def find_places(text: str) -> Places:
    """All the places there are."""
    reader = _Reader(text)
    with suppress(_Lost, RecursionError):  # what was found until there is right
        reader.document()
    return reader.places


class _Lost(Exception):
    """The text goes on in a way that this reader does not know."""


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.places = Places(text)

    def document(self) -> None:
        section: Path = ()
        while self._skip(_SPACE) < len(self._text):
            if self._next() == "[":
                section = self._header()
            else:
                self._statement(section)

    def _header(self) -> Path:
        start = self._at
        brackets = 2 if self._text.startswith("[[", self._at) else 1
        self._at += brackets
        path = self._key()
        self._demand("]" * brackets)
        self.places.headers.setdefault(path, start)
        self.places.sections[path] = self._skip(_REST_OF_LINE)
        return path

    def _statement(self, section: Path) -> None:
        """`key = value`, with whatever comes after it on its last line."""
        path = self._pair(section)
        end = self._skip(_REST_OF_LINE)
        if section:
            self.places.sections[section] = end
        elif len(path) > 1:
            self.places.dotted[path[0]] = end

    def _pair(self, above: Path) -> Path:
        path = above + self._key()
        self._demand("=")
        self._skip(_BLANKS)
        self._value(path)
        return path

    def _value(self, path: Path) -> None:
        start = self._at
        if self._next() == "{":
            self._all_in("{}", lambda _: self._pair(path))
        elif self._next() == "[":
            self._all_in("[]", lambda index: self._value((*path, str(index))))
        elif self._next() in ('"', "'"):
            self._match(_STRING)
        else:
            self._at = start + len(self._match(_BARE_VALUE).rstrip())
        self.places.values.setdefault(path, Place(start, self._at))

    def _all_in(self, brackets: str, item: Callable[[int], object]) -> None:
        """The items between brackets, with commas between them, each with its number."""
        self._demand(brackets[0])
        for index in count():
            self._skip(_SPACE)
            if self._next() == brackets[1]:
                break
            item(index)
            self._skip(_SPACE)
            if self._next() == ",":
                self._at += 1
        self._demand(brackets[1])

    def _key(self) -> Path:
        """One or several names with dots between them."""
        names = [self._name()]
        while self._skip(_BLANKS) < len(self._text) and self._next() == ".":
            self._at += 1
            names.append(self._name())
        return tuple(names)

    def _name(self) -> str:
        self._skip(_BLANKS)
        if self._next() in ('"', "'"):
            # A name in quotes is a string; tomllib knows what its escapes mean.
            return next(iter(tomllib.loads(f"{self._match(_STRING)} = 0")))
        return self._match(_BARE_KEY)

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _demand(self, mark: str) -> None:
        self._skip(_BLANKS)
        if not self._text.startswith(mark, self._at):
            raise _Lost
        self._at += len(mark)

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if not found:
            raise _Lost
        self._at = found.end()
        return found[0]

    def _skip(self, pattern: re.Pattern[str]) -> int:
        """What the pattern matches, if it does; where it ends."""
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at
