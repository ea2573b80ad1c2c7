"""Messages that are expected: lines in their order, `none`, all that there are, or how many fit a line."""

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
_LINES = ListOf(Of(_LINE), empty="write a message, or none")


@dataclass(frozen=True, slots=True)
class CountsShape:
    """How many messages fit a line, by lines; read as pairs of them."""

    def read(self, node: Node) -> tuple[tuple[str, Bound], ...]:
        if not isinstance(node, Table) or not node.entries:
            raise node.place.error("it counts no messages: write some and how many, such as sent RecordStartRequest: 1")
        return tuple((self._line(line, below), Of(COUNTS).read(below)) for line, below in node.entries.items())

    @staticmethod
    def _line(line: str, below: Node) -> str:
        read: str = Of(_LINE).read(Leaf(line, False, below.place))
        return read

    def schema(self) -> Schema:
        counts = Of(COUNTS, {"type": "integer", "minimum": 0}).schema()
        return {
            "type": "object",
            "patternProperties": {rf"^(?:{_LINE.pattern})$": counts, r"\$\{": counts},
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
        "counts": Field(CountsShape(), "How many messages fit a line: sent RecordStartRequest: 1."),
    },
)


@dataclass(frozen=True, slots=True)
class MessagesShape:
    """Lines of messages in their order, `none`, or a mapping that says that those are all, or how many there are."""

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
        return Messages(self.protocol, values.get("all", ()), all="all" in values, counts=values.get("counts", ()))

    def schema(self) -> Schema:
        return or_variable(OrElse("none", None, _LINES).schema(), {**MESSAGES.schema(), "minProperties": 1})
