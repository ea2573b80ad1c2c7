"""What a scenario's file says, as a tree that knows where each of its values stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from phone_recorder.errors import UsageError
from phone_recorder.wire.printable import printable


class ScenarioError(UsageError):
    """Something in a scenario's file makes no sense: `place` is where, `sentence` what; the text is both."""

    def __init__(self, place: Place, sentence: str) -> None:
        key = f"{printable(place.key)}: " if place.key else ""
        super().__init__(f"{printable(str(place.file))}:{place.line}: {key}{sentence}")
        self.place = place
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file; `key` is the path of keys that leads to what stands there, items of lists counted from 1."""

    file: Path
    line: int
    key: str = ""

    def below(self, key: str | int, line: int) -> Place:
        """That of an entry of what stands here."""
        return Place(self.file, line, f"{self.key}.{key}" if self.key else str(key))

    def error(self, sentence: str | Exception) -> ScenarioError:
        """What to raise about it."""
        return ScenarioError(self, str(sentence))


_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_BASED = re.compile(r"0o[0-7]{1,30}|0x[0-9a-fA-F]{1,30}")
_INTEGER = re.compile(r"[-+]?[0-9]{1,30}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,30}|[0-9]{1,30}(?:\.[0-9]{0,30})?)(?:[eE][-+]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar as it is written; one that is not `plain` stands in quotes, and is text whatever it looks like."""

    text: str
    plain: bool
    place: Place

    @property
    def empty(self) -> bool:
        """Whether it is null."""
        return self.plain and self.text in _NULL

    @property
    def value(self) -> bool | int | float | str | None:
        """What the core schema of YAML 1.2 takes it for: `on`, `yes` and `00:02` are text."""
        if not self.plain:
            return self.text
        if self.text in _NULL:
            return None
        if self.text in _TRUE | _FALSE:
            return self.text in _TRUE
        if _BASED.fullmatch(self.text):
            return int(self.text, 0)
        if _INTEGER.fullmatch(self.text):
            return int(self.text)
        return float(self.text) if _FLOAT.fullmatch(self.text) else self.text


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """Values by key, in order; `flow`: it is written between { and }."""

    entries: dict[str, Node]
    place: Place
    flow: bool = False


Node = Leaf | Items | Table


def one_line(node: Node) -> str:
    """How its author might have written it in one line."""
    if isinstance(node, Leaf):
        return " ".join(node.text.split())
    if isinstance(node, Items):
        return f"[{', '.join(map(one_line, node.items))}]"
    return f"{{{', '.join(entries_in_one_line(node))}}}"


def entries_in_one_line(table: Table) -> Iterator[str]:
    """Each key with its value."""
    for key, node in table.entries.items():
        yield key if isinstance(node, Leaf) and node.empty else f"{key}: {one_line(node)}"
