"""What is expected of a recording's account: fields by path, each a number's bound, a text, or one word of a few."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import get_args

from phone_recorder.errors import UsageError
from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.bounds import ALL_SECONDS, COUNTS, SIZES
from phone_recorder.harness.scenario.expected import AccountSays
from phone_recorder.harness.scenario.places import Leaf, Node, Table
from phone_recorder.harness.scenario.shapes import SOME_TEXT, Choice, Of, Schema, nearest, or_variable
from phone_recorder.harness.scenario.wanted_text import Wanted, is_expression
from phone_recorder.harness.scenario.words import Word
from phone_recorder.recording.account import Account, Name, State
from phone_recorder.settings.record import Mode
from phone_recorder.wire.payload import BY_NAME

FIELDS = Account("", "", "").document()
"""An account of nothing: its keys are the first steps of all paths."""

WHOLE = frozenset(get_args(Name))
"""The last steps of paths whose text is compared as a whole; of all others a part is enough."""
_WORDS = {
    "mode": get_args(Mode),
    "codec": tuple(BY_NAME),
    "state": get_args(State),
}
"""What a text can be that is one of a few (recording.account.Account)."""
_EXPRESSION: Schema = {"type": "string", "pattern": "^/.+/$"}


@dataclass(frozen=True, slots=True)
class AccountShape:
    """Fields by path, each as _wanted has it."""

    def read(self, node: Node) -> AccountSays:
        if not isinstance(node, Table) or not node.entries:
            raise node.place.error("it names no fields: write some, such as gaps_count: 0")
        return AccountSays({path: _expected(path, below) for path, below in node.entries.items()})

    def schema(self) -> Schema:
        known = "|".join(FIELDS)
        value: Schema = {"type": ["string", "number", "boolean", "null"], "pattern": SOME_TEXT}
        described = {key: {"description": f"The account's {key}.", **_schema(key, value)} for key in FIELDS}
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
    if isinstance(node, Leaf) and node.empty and FIELDS.get(path) is None:
        return "null"
    return _wanted(path, node)


def _wanted(path: str, node: Node) -> Bound | str:
    """Of a text, one of its words or a part of it; of a number, a bound; of what may be either, the one it looks like.

    An expression between two / may stand in the place of any.
    """
    text, word, usual = Wanted().read(node), _word(path), FIELDS.get(path)
    if is_expression(text):
        return text
    if path in _WORDS:
        return Choice(_WORDS[path]).read(node)
    if isinstance(usual, str):
        return text
    if word is ALL_SECONDS or isinstance(usual, int):
        bound: Bound = Of(word).read(node)
        return bound
    with suppress(UsageError):
        return word.read(text)
    return text


def _schema(path: str, value: Schema) -> Schema:
    """What an editor is told of it: the words that it can be, or an expression."""
    if path in _WORDS:
        return or_variable({"enum": list(_WORDS[path])}, _EXPRESSION)
    usual = FIELDS[path]
    if path.endswith("_s") and isinstance(usual, int | float | None):
        empty: list[Schema] = [{"type": "null"}] if usual is None else []
        return or_variable(Of(ALL_SECONDS, {"type": "number", "minimum": 0}).schema(), _EXPRESSION, *empty)
    if isinstance(usual, int):
        return or_variable(Of(_word(path), {"type": "integer", "minimum": 0}).schema(), _EXPRESSION)
    return value if usual is None else {**value, "type": ["string", "number", "boolean"]}


def _word(path: str) -> Word[Bound]:
    """What numbers there are in that field."""
    steps = path.split(".")
    if any(step.endswith("_s") for step in steps):
        return ALL_SECONDS
    return SIZES if steps[-1] == "bytes" else COUNTS
