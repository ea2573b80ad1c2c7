"""What is expected of a recording's account, held against its document (Account.document)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from functools import partial
from typing import Any

from phone_recorder.harness.evidence import Evidence, Moment
from phone_recorder.harness.judging.fixed_texts import reason_is
from phone_recorder.harness.judging.lengths import number
from phone_recorder.harness.judging.picking import pick
from phone_recorder.harness.judging.texts import found, listed, quoted, same
from phone_recorder.harness.judging.wanted import Missed, Wanted, missed
from phone_recorder.harness.scenario.account_fields import WHOLE
from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.expected import AccountSays, Expectation
from phone_recorder.wire.printable import printable

NEAR_ENOUGH = 0.5
"""How like a path must be to one that there is, to be told."""

MOST_FIELDS = 30

_ABSENT = object()


def judge_account(what: AccountSays, moment: Moment, evidence: Evidence, expectation: Expectation) -> Iterator[Missed]:
    """Each field that says otherwise."""
    account = pick(moment.accounts, expectation.recording)
    if isinstance(account, str):
        yield Missed("account", account)
        return
    yield from missed(what, partial(_look, account))


def _look(account: dict[str, Any], part: Wanted) -> str | None:
    value = _at(account, part.field)
    if value is _ABSENT:
        return _nearest(account, part.field)
    if isinstance(part.value, Bound) and not (isinstance(value, str) and part.value.text):
        return _number(part.value, value)
    text = _text(value)
    if _comparison(part.field, value)(str(part.value), text):
        return None
    return f"it is {quoted(text)}" if text else "it is empty"


def _comparison(path: str, value: Any) -> Callable[[str, str], bool]:
    """All of it is meant of one word of a few, and of what is no text; of others, and of lists, a part is enough."""
    if path == "reason":
        return reason_is
    return same if path.rpartition(".")[2] in WHOLE or not isinstance(value, str | list | dict) else found


def _number(wanted: Bound, value: Any) -> str | None:
    """A list counts as how many it has."""
    count = len(value) if isinstance(value, list) else value
    if isinstance(value, dict):
        return f"it is no number: name one of its fields, {_listed(value)}" if value else "it is empty"
    if isinstance(count, bool) or not isinstance(count, int | float):
        return f"it is {quoted(_text(value))}, which is no number"
    return None if wanted.holds(count) else f"it is {number(count)}"


def _at(account: dict[str, Any], path: str) -> Any:
    """What stands there; _ABSENT for nothing. A stream that has no gaps is not among gaps_s: its are 0 s."""
    first, _, rest = path.partition(".")
    if first == "gaps_s" and rest in _names(account.get("streams", ())):
        return account.get("gaps_s", {}).get(rest, 0)
    at: Any = account
    for step in path.split("."):
        at = _inside(at, step)
    return at


def _inside(at: Any, step: str) -> Any:
    if isinstance(at, dict):
        return at.get(step, _ABSENT)
    if isinstance(at, list):
        named = [one for one in at if isinstance(one, dict) and one.get("name") == step]
        counted = at[int(step) : int(step) + 1] if step.isdecimal() else []
        return next(iter(named + counted), _ABSENT)
    return _ABSENT


def _nearest(account: dict[str, Any], path: str) -> str:
    near = get_close_matches(path, list(_paths(account)), 1, NEAR_ENOUGH)
    if near:
        return f"the account has no {path}: the nearest that it has is {printable(near[0])}"
    return f"the account has no {path}: it has {_listed(account)}"


def _listed(fields: Iterable[str]) -> str:
    return listed([printable(field) for field in fields], MOST_FIELDS)


def _paths(at: Any, before: str = "") -> Iterator[str]:
    """Every path that there is, those of lists and tables too."""
    steps = at.items() if isinstance(at, dict) else _numbered(at) if isinstance(at, list) else ()
    for step, inside in steps:
        yield f"{before}{step}"
        yield from _paths(inside, f"{before}{step}.")


def _numbered(at: list[Any]) -> Iterator[tuple[str, Any]]:
    for index, one in enumerate(at):
        yield (str(one.get("name", index)) if isinstance(one, dict) else str(index)), one


def _names(streams: Any) -> set[str]:
    return {stream["name"] for stream in streams if isinstance(stream, dict) and "name" in stream}


def _text(value: Any) -> str:
    """As text: that of a list has all that is in it."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return json.dumps(value, ensure_ascii=False)
