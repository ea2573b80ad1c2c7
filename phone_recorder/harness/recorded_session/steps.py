"""From what a person asked a phone for to the steps of a scenario: a table, a row for each kind of request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from phone_recorder import control_api as api
from phone_recorder.harness.recorded_session.flow import Value, tenths
from phone_recorder.harness.recorded_session.session import Done
from phone_recorder.settings.kinds import Secret
from phone_recorder.settings.measures import Size
from phone_recorder.settings.table import SETTINGS

_OF_CALL = ("call.near", "call.far", "call.repeat", "call.codec")
"""What a scenario says of its call, once."""
_LOOKS = tuple(method.request for method in api.METHODS if method.safe)
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Written:
    """A step: `key` and `value` as they are written, `after` the instant at which it was really done."""

    at: int
    after: int
    key: str
    value: Value


@dataclass(slots=True)
class Steps:
    """Those of a session, and in `missing` what was done that no step can say: instant and words."""

    steps: list[Written] = field(default_factory=list)
    missing: list[tuple[int, str]] = field(default_factory=list)


def steps_of(all_done: Iterable[Done], locked: bool) -> Steps:
    """What was done as steps. `locked`: the stick's switch is so in the beginning."""
    steps = Steps()
    for done in all_done:
        if isinstance(done.request, _LOOKS):
            continue
        typed = _typed(done)
        if typed is None:
            said, locked = list(_said(done.request, locked)), _locks(done.request, locked)
            steps.steps += [Written(tenths(done.at), done.at, key, value) for key, value in said]
        elif not _joined(steps.steps, typed):
            steps.steps.append(Written(tenths(done.at), done.at, "type", typed))
        if missing := _missing(done.request):
            steps.missing.append((tenths(done.at), missing))
    steps.steps = [step for step in steps.steps if step.key != "type" or str(step.value).strip()]
    return steps


def can_be_set(key: str) -> bool:
    """Whether a scenario may say this setting; it has no secrets in it, and no line."""
    outside = key in _OF_CALL or key.startswith(("account.", "agent."))
    return not outside and not isinstance(SETTINGS[key].kind, Secret)


def _typed(done: Done) -> str | None:
    """The letters that a request adds to a field: of a secret, stars."""
    request = done.request
    if isinstance(request, api.TypeText):
        return "*" * len(request.text) if done.hidden else request.text
    digit = isinstance(request, api.PressKey) and request.key in api.DIGITS
    return "*" if digit and done.hidden else None


def _joined(steps: list[Written], typed: str) -> bool:
    """Letters one after the other are one step: a blank alone is none."""
    last = steps[-1] if steps else None
    if last is None or last.key != "type" or len(text := f"{last.value}{typed}") > _LONGEST:
        return False
    steps[-1] = Written(last.at, last.after, "type", text)
    return True


def _said(request: api.Request, locked: bool) -> Iterator[tuple[str, Value]]:
    if isinstance(request, api.InsertStick):
        if request.file_system and request.locked != locked:
            yield "stick", "lock" if request.locked else "unlock"
        if request.file_system:
            yield "stick", _plug(request)
    elif make := _SAID.get(type(request)):
        key, value = make(request)
        if value:
            yield key, value


def _locks(request: api.Request, locked: bool) -> bool:
    changes = isinstance(request, api.LockStick | api.InsertStick)
    return request.locked if changes else locked  # type: ignore[attr-defined]  # both have it


def _missing(request: api.Request) -> str:
    """What of a request no step says."""
    if isinstance(request, api.SetSettings):
        return ", ".join(f"settings.set {key}" for key in request.values if not can_be_set(key))
    if isinstance(request, api.InsertStick) and not request.file_system:
        return "stick.insert without a file system"
    if isinstance(request, api.StartCall) and (request.near or request.far):
        return "call.start with voices of its own"
    known = type(request) in _SAID or isinstance(request, api.TypeText | api.InsertStick)
    return "" if known else api.BY_REQUEST[type(request)].name


def _plug(request: api.InsertStick) -> str:
    size = "" if request.capacity is None else size_text(request.capacity)
    system = "" if request.file_system == api.InsertStick().file_system else request.file_system
    return " ".join(filter(None, ("plug", size, system)))


def size_text(size: int) -> str:
    """Bytes as people write them: 64 MiB."""
    text = Size().text(size)
    return text if text.isdecimal() else f"{text[:-1]} {text[-1]}iB"


def _begin(request: api.StartCall) -> str:
    number, name = "".join(request.number.split()), " ".join(request.name.split())
    return " ".join(filter(None, ("begin", request.direction, number, name if number else "")))


def _change(request: api.SetSettings) -> Value:
    return {key: text for key, text in request.values.items() if can_be_set(key)}


_SAID: dict[type[api.Request], Callable[[Any], tuple[str, Value]]] = {
    api.PressKey: lambda press: ("press", press.key),
    api.PressRecord: lambda press: ("press", press.event),
    api.StartCall: lambda start: ("call", _begin(start)),
    # Whoever is called lifts the handset.
    api.AnswerCall: lambda _: ("press", "hook"),
    api.EndCall: lambda _: ("call", "hang up"),
    api.HoldCall: lambda hold: ("call", "hold" if hold.held else "resume"),
    api.PullStick: lambda _: ("stick", "pull"),
    api.FillStick: lambda fill: ("stick", f"fill leaving {size_text(fill.left)}" if fill.left else "fill"),
    api.SlowStick: lambda slow: ("stick", f"slow {slow.delay_ms} ms" if slow.delay_ms else "fast"),
    api.LockStick: lambda lock: ("stick", "lock" if lock.locked else "unlock"),
    api.SpoilStick: lambda spoil: ("stick", "bad sector" if spoil.bad else "good"),
    api.SetSettings: lambda change: ("settings", _change(change)),
}
"""In the order of control_api.METHODS: key and value of a step; an empty value is no step."""
