"""Messages that are expected: lines in their order, `none`, all that there are, how many fit, how many values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.bounds import COUNTS
from phone_recorder.harness.scenario.expected import Messages
from phone_recorder.harness.scenario.places import Leaf, Node, Table
from phone_recorder.harness.scenario.shapes import Field, Fields, ListOf, Of, OrElse, Schema, or_variable
from phone_recorder.harness.scenario.wanted_text import pattern_of
from phone_recorder.harness.scenario.words import Word

_EXPRESSION = re.compile(r"(?:(?<=[\s=])|^)/.+?/(?=\s|$)")


def _line(text: str) -> str:
    """The line; UsageError for a regular expression in it that is none."""
    for expression in _EXPRESSION.findall(text):
        pattern_of(expression)
    return text


_LINE = Word("LINE", "message", r"(?:sent|received) +\S.*", _line, "one such as sent RecordStartRequest dir=out")
_FIELD = Word("FIELD", "field", r"[A-Za-z][\w.-]*", str, "one such as id, or Call-ID")
_LINES = ListOf(Of(_LINE), empty="write a message, or none")


@dataclass(frozen=True, slots=True)
class CountsShape:
    """How many there are of each: of messages that fit a line, or of a field's values; read as pairs."""

    counted: Word[str]
    what: str
    example: str

    def read(self, node: Node) -> tuple[tuple[str, Bound], ...]:
        if not isinstance(node, Table) or not node.entries:
            raise node.place.error(f"it counts no {self.what}: write some and how many, such as {self.example}")
        return tuple((self._counted(text, below), Of(COUNTS).read(below)) for text, below in node.entries.items())

    def _counted(self, text: str, below: Node) -> str:
        read: str = Of(self.counted).read(Leaf(text, False, below.place))
        return read

    def schema(self) -> Schema:
        counts = Of(COUNTS, {"type": "integer", "minimum": 0}).schema()
        return {
            "type": "object",
            "patternProperties": {rf"^(?:{self.counted.pattern})$": counts, r"\$\{": counts},
            "additionalProperties": False,
            "minProperties": 1,
        }


MESSAGES = Fields(
    "mapping about messages",
    {
        "all": Field(
            ListOf(Of(_LINE), empty="write a message"),
            "All messages that passed, in this order: nothing else came between, before or after.",
        ),
        "counts": Field(
            CountsShape(_LINE, "messages", "sent RecordStartRequest: 1"),
            "How many messages fit a line: sent RecordStartRequest: 1.",
        ),
        "values": Field(
            CountsShape(_FIELD, "values", "id: 1"),
            "How many different values a field has, or a header: id: 1 is one id in all.",
        ),
    },
)


@dataclass(frozen=True, slots=True)
class MessagesShape:
    """Lines of messages in their order, `none`, or a mapping: that those are all, or how many there are of what."""

    protocol: Literal["control", "sip"]

    def read(self, node: Node) -> Messages:
        if isinstance(node, Table):
            return self._mapping(node)
        lines: tuple[str, ...] | None = OrElse("none", None, _LINES).read(node)
        return Messages(self.protocol, lines or (), lines is None)

    def _mapping(self, node: Table) -> Messages:
        values = MESSAGES.read(node)
        if not values:
            raise node.place.error(f"nothing is expected: write some of {', '.join(MESSAGES.fields)}")
        lines = values.pop("all", None)
        return Messages(self.protocol, lines or (), all=lines is not None, **values)

    def schema(self) -> Schema:
        return or_variable(OrElse("none", None, _LINES).schema(), {**MESSAGES.schema(), "minProperties": 1})
