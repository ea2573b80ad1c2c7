"""Values as YAML in one line, as scenarios are written: `{at: 2 s, press: record}`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from phone_recorder.harness.judging.lengths import number
from phone_recorder.recording.units import SECOND, to_seconds

Value = str | int | float | bool | None | Mapping[str, "Value"] | list["Value"]

_WORD = r"[\w./±+%-]+"
_PLAIN = re.compile(rf"[A-Za-z_][\w./+%-]*(?: {_WORD})*|[0-9]+(?:\.[0-9]+)? [A-Za-z%±]+(?: {_WORD})*|tone:[0-9:]+")
"""Text that no reader of YAML takes for anything else, with or without braces around it."""
_SPECIAL = {"null", "true", "false"}
TENTH = SECOND // 10


def flow(value: Value) -> str:
    """The value in one line. `${` in a text is itself, no variable."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{scalar(key)}: {flow(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    return scalar(value)


def scalar(value: str | int | float | bool | None) -> str:
    """A text, quoted where it must be, or a number, true, false or null."""
    if not isinstance(value, str):
        return json.dumps(value)
    text = value.replace("${", "$${")
    plain = _PLAIN.fullmatch(text) and text.lower() not in _SPECIAL
    return text if plain else json.dumps(text, ensure_ascii=False)


def tenths(units: int) -> int:
    """The instant to a tenth of a second, which is as exact as a hand is."""
    return (units + TENTH // 2) // TENTH * TENTH


def seconds(units: int) -> str:
    """An instant or a length: `3.5 s`."""
    return f"{number(to_seconds(units))} s"
