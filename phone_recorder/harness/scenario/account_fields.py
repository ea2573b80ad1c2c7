"""What is expected of a recording's account: fields by path, each a number's bound or a text."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from phone_recorder.errors import UsageError
from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.bounds import ALL_SECONDS, COUNTS, SIZES
from phone_recorder.harness.scenario.expected import AccountSays
from phone_recorder.harness.scenario.places import Leaf, Node, Table
from phone_recorder.harness.scenario.shapes import Schema, Wanted, nearest
from phone_recorder.harness.scenario.words import Word
from phone_recorder.recording.account import Account

FIELDS = Account("", "", "").document()
"""An account of nothing: its keys are the first steps of all paths."""


@dataclass(frozen=True, slots=True)
class AccountShape:
    """Fields by path. What looks like a bound is one, and else it is a text; of a time in seconds it must be one."""

    def read(self, node: Node) -> AccountSays:
        if not isinstance(node, Table) or not node.entries:
            raise node.place.error("it names no fields: write some, such as gaps_count: 0")
        return AccountSays({path: _expected(path, below) for path, below in node.entries.items()})

    def schema(self) -> Schema:
        known = "|".join(FIELDS)
        value: Schema = {"type": ["string", "number", "boolean", "null"]}
        described = {key: {"description": f"The account's {key}.", **value} for key in FIELDS}
        return {
            "type": "object",
            "properties": described,
            "patternProperties": {rf"^(?:{known})(?:\.[^.]+)*$": value, r"\$\{": value},
            "additionalProperties": False,
            "minProperties": 1,
        }


def _expected(path: str, node: Node) -> Bound | str:
    first, *rest = path.split(".")
    if first not in FIELDS or not all(rest):
        raise node.place.error(f"an account has no such field: {nearest(first, FIELDS)}")
    if isinstance(node, Leaf) and node.empty:
        return "null"
    text = Wanted().read(node)
    word = _word(path)
    if word is not ALL_SECONDS or text.startswith("/"):
        with suppress(UsageError):
            return word.read(text)
        return text
    try:
        return word.read(text)
    except UsageError as error:
        raise node.place.error(error) from error


def _word(path: str) -> Word[Bound]:
    """What numbers there are in that field."""
    steps = path.split(".")
    if any(step.endswith("_s") for step in steps):
        return ALL_SECONDS
    return SIZES if steps[-1] == "bytes" else COUNTS
