"""A text that is looked for, or a regular expression between two /."""

from __future__ import annotations

import re
from dataclasses import dataclass

from phone_recorder.errors import UsageError
from phone_recorder.harness.scenario.places import Node
from phone_recorder.harness.scenario.shapes import Schema, Text
from phone_recorder.settings.kinds import quoted


def is_expression(text: str) -> bool:
    """Whether it stands between two /, as a regular expression does."""
    return len(text) > 2 and text.startswith("/") and text.endswith("/")


def pattern_of(text: str) -> re.Pattern[str] | None:
    """The expression between two /, None for another text; UsageError if it is no regular expression."""
    if not is_expression(text):
        return None
    try:
        return re.compile(text[1:-1])
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"{quoted(text)} is no regular expression ({error}): mend it, or leave out one /") from error


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text that is looked for, or a regular expression between two /."""

    def read(self, node: Node) -> str:
        text = Text("a text, or a regular expression such as /[0-9]+ s/").read(node)
        try:
            pattern_of(text)
        except UsageError as error:
            raise node.place.error(error) from error
        return text

    def schema(self) -> Schema:
        return Text().schema()
