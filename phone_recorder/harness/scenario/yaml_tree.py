"""YAML text as a tree of Leaf, Items and Table: made from the parser's events, each of which knows its line.

It is for files of people one does not know: no tags, and its depth and number of values are bounded. An alias counts as
often as it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from phone_recorder.adapters.files import open_for_reading
from phone_recorder.harness.scenario.places import Items, Leaf, Node, Place, ScenarioError, Table
from phone_recorder.settings.kinds import quoted

MAX_SIZE = 1 << 20
DEEPEST = 30
MOST_VALUES = 50_000

_ADVICE = {
    "mapping values are not allowed": "put text that has a colon in it in quotes, and indent keys alike",
    "cannot start any token": "put text that begins with a mark in quotes",
    "node content": "write a value, and put text that begins with # or another mark in quotes",
    "alphabetic or numeric": "put text that begins with * or & in quotes",
    "end of stream": "end the quotes that begin here",
    "expected ',' or": "end each [ and {, and put text that has a comma or a bracket in it in quotes",
    "expected key": "indent the keys of a mapping alike",
    "expected '-'": "indent the items of a list alike",
    "expected <document start>": "indent the keys of a mapping alike",
    "nesting": "no scenario is so deep",
}
"""What to do about what PyYAML's parsers say."""
_TAB = re.compile(r" *\t")
_QUOTES = ("'", '"')
_IN_FLOW = re.compile(r"[\[{,:] *\$\{")

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NO_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no YAML file may hold (YAML 1.2.2 section 5.1)."""


def read_tree(path: Path) -> Table:
    """What the file says; UsageError if it cannot be read, ScenarioError if it is no mapping in YAML."""
    with open_for_reading(path) as file:
        data = file.read(MAX_SIZE + 1)
    if len(data) > MAX_SIZE:
        raise Place(path, 1).error("it is larger than 1 MiB: split it into several scenarios")
    try:
        text = data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Place(path, line).error("it is not UTF-8: save it as that") from error
    return parse_tree(text, path)


def parse_tree(text: str, path: Path, loader: Any = LOADER) -> Table:
    """What the text of that file says; `loader` is one of PyYAML's, whose parser is used and no more."""
    if found := _NO_TEXT.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise Place(path, line).error(f"no text has the character U+{ord(found[0]):04X} in it: remove it")
    composer = _Composer(yaml.parse(text, Loader=loader), path)
    try:
        return _whole(composer, path)
    except yaml.MarkedYAMLError as error:
        raise _error(error, path, text, composer.quotes) from error


def _error(error: yaml.MarkedYAMLError, path: Path, text: str, quotes: Lines | None) -> ScenarioError:
    """What the parser says of it, and what can be done. `quotes` are the lines of the quotes that ended last."""
    what = error.problem or error.context or "it cannot be read"
    begun = "end of stream" in what or "node content" in what  # told where it begins
    mark = (error.context_mark if begun else None) or error.problem_mark
    line = mark.line + 1 if mark else 1
    if quotes and line == quotes[1] > quotes[0]:
        said = f"this is not YAML: the quotes that begin here end in line {line} only"
        return Place(path, quotes[0]).error(f"{said}: end them where their text ends")
    return Place(path, line).error(f"this is not YAML ({what}): {_advice(what, text.splitlines()[line - 1 : line])}")


def _advice(what: str, lines: list[str]) -> str:
    """What to do about it; `lines` is the one in which it is."""
    if any(map(_TAB.match, lines)):
        return "indent with blanks, not with tabs"
    if any(map(_IN_FLOW.search, lines)):
        return "put ${name} in quotes between { and }, and between [ and ]"
    return next((advice for part, advice in _ADVICE.items() if part in what), "put text with marks in it in quotes")


def _whole(composer: _Composer, path: Path) -> Table:
    top = composer.document()
    if not isinstance(top, Table):
        raise Place(path, 1).error("it is no scenario: write keys and values, beginning with scenario: and a sentence")
    return top


Lines = tuple[int, int]
"""The first line of something and its last one, counted from 1."""


class _Composer:
    """Makes a tree of events. `quotes` are the lines of the text in quotes that it has read last."""

    def __init__(self, events: Iterator[yaml.Event], path: Path) -> None:
        self._events = events
        self._path = path
        self._anchored: dict[str, tuple[Node, int]] = {}
        self._values = 0
        self.quotes: Lines | None = None

    def document(self) -> Node | None:
        """The one document that there is; None if there is none."""
        top = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if top is not None:
                    raise self._place(event).error("another document begins here: write one scenario to a file")
                top = self._node(next(self._events), Place(self._path, 1), 0)
        return top

    def _node(self, event: yaml.Event, place: Place, depth: int) -> Node:
        """The node that begins with the event, and that stands at `place`."""
        if depth > DEEPEST:
            raise place.error(f"it is nested deeper than {DEEPEST} levels: no scenario is")
        before = self._values
        self._count(1, place)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, place)
        assert isinstance(event, yaml.NodeEvent), "nothing else begins a node"
        if tag := getattr(event, "tag", None):
            raise place.error(f"the tag {quoted(tag)} means nothing here: write the value alone")
        node = self._untagged(event, place, depth)
        if event.anchor:
            self._anchored[event.anchor] = node, self._values - before
        return node

    def _untagged(self, event: yaml.NodeEvent, place: Place, depth: int) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            if event.style in _QUOTES and event.end_mark:
                self.quotes = _line(event), event.end_mark.line + 1
            return Leaf(event.value, event.implicit[0], place)
        if isinstance(event, yaml.SequenceStartEvent):
            return Items(tuple(self._items(place, depth)), place)
        assert isinstance(event, yaml.MappingStartEvent), "there are three kinds of nodes"
        return Table(self._entries(place, depth), place, bool(event.flow_style))

    def _items(self, place: Place, depth: int) -> Iterator[Node]:
        number = 0
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            number += 1
            yield self._node(event, place.below(number, _line(event)), depth + 1)

    def _entries(self, place: Place, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise place.below("?", line).error("a key is one word or a few: write KEY: VALUE")
            below = place.below(event.value, line)
            if event.value in entries:
                raise below.error("it stands here twice: leave one of them out")
            entries[event.value] = self._node(next(self._events), below, depth + 1)
        return entries

    def _alias(self, event: yaml.AliasEvent, place: Place) -> Node:
        if event.anchor not in self._anchored:
            raise place.error(f"nothing before it is called &{event.anchor}: text that begins with * goes in quotes")
        node, values = self._anchored[event.anchor]
        self._count(values, place)
        return node

    def _count(self, values: int, place: Place) -> None:
        self._values += values
        if self._values > MOST_VALUES:
            raise place.error(f"the file has more than {MOST_VALUES} values: split it into several scenarios")

    def _place(self, event: yaml.Event) -> Place:
        return Place(self._path, _line(event))


def _line(event: yaml.Event) -> int:
    """Where the event's text begins, counted from 1."""
    return event.start_mark.line + 1 if event.start_mark else 1
