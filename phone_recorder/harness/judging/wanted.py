"""An expectation taken apart: each single thing that it wants, and what is seen where that is not so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from phone_recorder.harness.evidence import Instead, Where
from phone_recorder.harness.judging.audio_words import bound_text, phrase
from phone_recorder.harness.judging.texts import as_wanted
from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.expected import (
    AccountSays,
    AudioIs,
    FilesAre,
    Messages,
    ScreenIs,
    StateIs,
    What,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing: its `field`, what that should be, and both in words, such as `screen icon recording`."""

    field: str
    value: Any
    text: str


@dataclass(frozen=True, slots=True)
class Missed:
    """Something that is not as it was wanted; `seen` is a clause such as `it is idle`, `where` is Failure's."""

    wanted: str
    seen: str
    where: Where | None = None


def wanted(what: What) -> Iterator[Wanted]:
    """Each thing that it wants, in the order of its fields."""
    yield from _KINDS[type(what)](what)


def missed(what: What, look: Callable[[Wanted], Instead | str | None]) -> Iterator[Missed]:
    """Those of its things of which `look` tells that they are otherwise."""
    for part in wanted(what):
        if seen := look(part):
            instead = seen if isinstance(seen, Instead) else Instead(seen)
            yield Missed(part.text, instead.text, instead.where)


def kind_of(what: What) -> str:
    """What its kind is called in a scenario."""
    return what.protocol if isinstance(what, Messages) else _NAMES[type(what)]


def _fields(what: Any) -> Iterator[Wanted]:
    for field in fields(what):
        value = getattr(what, field.name)
        if value is not None:
            yield Wanted(field.name, value, f"{kind_of(what)} {_field(field.name, value)}")


def _screen(what: ScreenIs) -> Iterator[Wanted]:
    for part in _fields(what):
        texts = part.value if isinstance(part.value, tuple) else None
        if texts is None:
            yield part
            continue
        for text in texts:
            yield Wanted(part.field, text, f"screen {_field(part.field, text)}")


def _field(name: str, value: object) -> str:
    if isinstance(value, bool):
        return name if value else f"not {name}"
    return f"{name.replace('_', ' ')} {_text(value)}"


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    if isinstance(value, Bound):
        return bound_text(value)
    return as_wanted(value) if isinstance(value, str) else str(value)


def _account(what: AccountSays) -> Iterator[Wanted]:
    for path, value in what.fields.items():
        yield Wanted(path, value, f"account {path} {_text(value)}")


def _audio(what: AudioIs) -> Iterator[Wanted]:
    yield Wanted(what.kind, what, f"audio {phrase(what)}")


def _messages(what: Messages) -> Iterator[Wanted]:
    if what.none:
        yield Wanted("none", None, f"{what.protocol} none")
    for line in what.lines:
        yield Wanted("lines", line, f"{what.protocol} {' '.join(line.split())}")
    if what.all:
        yield Wanted("all", what.lines, f"{what.protocol} {'no other message' if what.lines else 'none'}")
    for line, bound in what.counts:
        yield Wanted("counts", (line, bound), f"{what.protocol} {' '.join(line.split())}, count {bound_text(bound)}")
    for field, bound in what.values:
        yield Wanted("values", (field, bound), f"{what.protocol} {field}, different values {bound_text(bound)}")


_NAMES: dict[type, str] = {
    ScreenIs: "screen",
    StateIs: "state",
    FilesAre: "files",
    AudioIs: "audio",
    AccountSays: "account",
}
_KINDS: dict[type, Callable[[Any], Iterator[Wanted]]] = {
    ScreenIs: _screen,
    StateIs: _fields,
    FilesAre: _fields,
    AudioIs: _audio,
    AccountSays: _account,
    Messages: _messages,
}
