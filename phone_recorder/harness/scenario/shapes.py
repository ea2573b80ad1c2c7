"""Shapes that values of a scenario have: each reads a node of the tree, and says the same as JSON Schema.

ScenarioError names the line and the key of what does not have its shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Protocol

from phone_recorder.errors import UsageError
from phone_recorder.harness.scenario.phrases import Phrase, pattern_of, read_phrase, shown_form
from phone_recorder.harness.scenario.places import (
    Items,
    Leaf,
    Node,
    ScenarioError,
    Table,
    entries_in_one_line,
    one_line,
)
from phone_recorder.harness.scenario.vocabulary import VOCABULARY
from phone_recorder.harness.scenario.words import Word
from phone_recorder.settings.kinds import quoted

Schema = dict[str, Any]

SOME_TEXT = r"\S"
VARIABLE: Schema = {"$ref": "#/$defs/variable"}
VARIABLE_ITSELF: Schema = {"type": "string", "pattern": r"\$\{", "description": "A variable, or text with one in it."}


class Shape(Protocol):
    """What a value may be."""

    def read(self, node: Node) -> Any:
        """The value."""

    def schema(self) -> Schema:
        """What an editor is told of it."""


def text_of(node: Node, example: str, may_be_empty: bool = False) -> str:
    """The text of a scalar, which numbers have too; `may_be_empty` is about quotes with nothing in them."""
    if not isinstance(node, Leaf):
        raise node.place.error(f"it is no single value: {_instead(node, example)}")
    text = " ".join(node.text.split())
    if node.empty or (not text and not may_be_empty):
        raise node.place.error(f"it says nothing: write {example}")
    if not text.isprintable():
        raise node.place.error(f"{quoted(text)} has a character in it that cannot be shown: write {example}")
    return text


def _instead(node: Items | Table, example: str) -> str:
    """What to write in place of a list or a mapping; text with a colon in it is a mapping to YAML."""
    if isinstance(node, Table) and node.entries and all(isinstance(below, Leaf) for below in node.entries.values()):
        text = ", ".join(entries_in_one_line(node))
        return f'write {example}; text with ": " in it goes in quotes, such as "{quoted(text)[1:-1]}"'
    return f"write {example}"


def _said(node: Node) -> str:
    """How a sentence begins about what is not what it should be."""
    return "nothing" if isinstance(node, Leaf) and node.empty else quoted(one_line(node))


def or_variable(*forms: Schema) -> Schema:
    """Any of these forms, or a variable."""
    return {"anyOf": [*forms, VARIABLE]}


def allowing_variable(said: Schema) -> Schema:
    """A mapping, or a variable in its place; what is no mapping allows for one itself."""
    return or_variable(said) if said.get("type") == "object" else said


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text."""

    example: str = "some text"
    longest: int = 500

    def read(self, node: Node) -> str:
        text = text_of(node, self.example)
        if len(text) > self.longest:
            raise node.place.error(f"{quoted(text)} is not of 1 to {self.longest} characters: write {self.example}")
        return text

    def schema(self) -> Schema:
        return {"type": ["string", "number", "boolean"], "pattern": SOME_TEXT, "maxLength": self.longest}


@dataclass(frozen=True, slots=True)
class Of:
    """One word of the vocabulary; a bare number has `numbers` as its schema, if it can be one."""

    word: Word[Any]
    numbers: Schema | None = None

    def read(self, node: Node) -> Any:
        try:
            return self.word.read(text_of(node, self.word.example))
        except ScenarioError:
            raise
        except UsageError as error:
            raise node.place.error(error) from error

    def schema(self) -> Schema:
        numbers = [self.numbers] if self.numbers else []
        return or_variable({"type": "string", "pattern": f"^(?:{self.word.schema})$"}, *numbers)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few texts."""

    options: tuple[str, ...]

    def read(self, node: Node) -> str:
        text = text_of(node, f"one of {', '.join(self.options)}")
        if text not in self.options:
            near = [] if text.isdecimal() else get_close_matches(text, self.options, 1)
            hint = f"did you mean {near[0]}" if near else f"write one of {', '.join(self.options)}"
            raise node.place.error(f"{quoted(text)} is none of what it can be: {hint}")
        return text

    def schema(self) -> Schema:
        numbers = [int(option) for option in self.options if option.isdecimal()]
        return or_variable({"enum": [*self.options, *numbers]})


@dataclass(frozen=True, slots=True)
class Toggle:
    """True or false, without quotes."""

    def read(self, node: Node) -> bool:
        value = node.value if isinstance(node, Leaf) else None
        if not isinstance(value, bool):
            without = " without quotes" if value in ("true", "false") else ""
            raise node.place.error(f"{_said(node)} is neither true nor false: write one of them{without}")
        return value

    def schema(self) -> Schema:
        return or_variable({"type": "boolean"})


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `least` on."""

    least: int
    most: int

    def read(self, node: Node) -> int:
        value = node.value if isinstance(node, Leaf) else None
        limits = f"from {self.least} to {self.most}"
        if isinstance(value, bool) or not isinstance(value, int):
            without = ", without quotes" if isinstance(value, str) and value.isdecimal() else ""
            raise node.place.error(f"{_said(node)} is no whole number: write one {limits}{without}")
        if not self.least <= value <= self.most:
            raise node.place.error(f"{value} is not {limits}: write a number that is")
        return value

    def schema(self) -> Schema:
        return or_variable({"type": "integer", "minimum": self.least, "maximum": self.most})


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list, or one item alone. `empty` is what to do about a list of nothing; None if that is a value too."""

    shape: Shape
    alone: bool = True
    empty: str | None = "write an item, or leave its key out"

    def read(self, node: Node) -> tuple[Any, ...]:
        if isinstance(node, Items):
            if self.empty and not node.items:
                raise node.place.error(f"the list says nothing: {self.empty}")
            return tuple(map(self.shape.read, node.items))
        if not self.alone:
            raise node.place.error("it is no list: begin each of its items with a - on a line of its own")
        return (self.shape.read(node),)

    def schema(self) -> Schema:
        least = {"minItems": 1} if self.empty else {}
        items: Schema = {"type": "array", "items": allowing_variable(self.shape.schema()), **least}
        return {"anyOf": [items, self.shape.schema()]} if self.alone else or_variable(items)


@dataclass(frozen=True, slots=True)
class OrElse:
    """What one text stands for, such as `none`, or another shape."""

    text: str
    value: Any
    shape: Shape

    def read(self, node: Node) -> Any:
        if isinstance(node, Leaf) and node.text == self.text:
            return self.value
        try:
            return self.shape.read(node)
        except ScenarioError as error:
            if isinstance(node, Leaf):
                raise node.place.error(f"{error.sentence}; or {self.text} alone") from error
            raise

    def schema(self) -> Schema:
        return or_variable({"const": self.text}, self.shape.schema())


@dataclass(frozen=True, slots=True)
class Phrases:
    """A phrase of a table; with `empty`, nothing at all is made into that. `numbers` is what a bare number has
    as its schema, if it can be one.
    """

    what: str
    table: tuple[Phrase, ...]
    empty: Callable[[], Any] | None = None
    numbers: Schema | None = None

    def read(self, node: Node) -> Any:
        if self.empty and isinstance(node, Leaf) and node.empty:
            return self.empty()
        text = text_of(node, f"a {self.what}, such as {self._forms()[0]}")
        try:
            return read_phrase(text, self.table, VOCABULARY, self.what)
        except UsageError as error:
            raise node.place.error(f"{error}{'; or nothing, without quotes' if self.empty else ''}") from error

    def schema(self) -> Schema:
        pattern = "|".join(pattern_of(phrase.form, VOCABULARY) for phrase in self.table)
        forms: Schema = {"type": "string", "pattern": f"^(?:{pattern})$", "description": " · ".join(self._forms())}
        empty: Schema | None = {"type": "null"} if self.empty else None
        return or_variable(forms, *filter(None, (empty, self.numbers)))

    def _forms(self) -> list[str]:
        return [shown_form(phrase.form, VOCABULARY) for phrase in self.table]


@dataclass(frozen=True, slots=True)
class Field:
    """An entry of a mapping; `help` is what an editor shows."""

    shape: Shape
    help: str
    needed: bool = False

    def schema(self) -> Schema:
        return {**allowing_variable(self.shape.schema()), "description": self.help}


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping with these keys. What is read is a dict of those that are there, blanks in keys made to _."""

    what: str
    fields: Mapping[str, Field] = field(default_factory=dict)

    def read(self, node: Node) -> dict[str, Any]:
        if not isinstance(node, Table):
            raise node.place.error(f"it is no {self.what}: write keys and values, of {', '.join(self.fields)}")
        for key, value in node.entries.items():
            self._demand(key, value, node)
        for key, entry in self.fields.items():
            if entry.needed and key not in node.entries:
                meant = f"{entry.help[:1].lower()}{entry.help[1:].removesuffix('.')}"
                raise node.place.error(f"{key} is missing: write {key}: and {meant}")
        return {_attribute(key): self.fields[key].shape.read(value) for key, value in node.entries.items()}

    def schema(self) -> Schema:
        properties = {key: entry.schema() for key, entry in self.fields.items()}
        needed = [key for key, entry in self.fields.items() if entry.needed]
        closed: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return {**closed, "required": needed} if needed else closed

    def _demand(self, key: str, value: Node, table: Table) -> None:
        if key in self.fields:
            return
        after_comma = table.flow and isinstance(value, Leaf) and value.empty and key != next(iter(table.entries))
        if after_comma and not get_close_matches(key, self.fields, 1):
            raise value.place.error("there is no such key: text with a comma in it goes in quotes between { and }")
        raise value.place.error(f"there is no such key: {nearest(key, self.fields)}")


def nearest(key: str, known: Mapping[str, object]) -> str:
    """The end of a sentence about a key that is none."""
    near = get_close_matches(key, known, 1)
    return f"did you mean {near[0]}" if near else f"there are {', '.join(known)}"


def _attribute(key: str) -> str:
    return key.replace(" ", "_")
