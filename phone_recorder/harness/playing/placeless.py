"""Evidence names files as if the directory that a case is played in were all there is: that is another each time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def placeless(value: T, place: Path) -> T:
    """The value with `/stick/a.wav` in its texts for a file `stick/a.wav` of that place; a Path stays as it is."""
    changed: T = _without(value, str(place))
    return changed


def _without(value: Any, place: str) -> Any:
    if isinstance(value, str):
        return value.replace(place, "") if place in value else value
    if isinstance(value, dict):
        return {key: _without(one, place) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([_without(one, place) for one in value])
    if isinstance(value, msgspec.Struct):
        changes = _changes(value, value.__struct_fields__, place)
        return msgspec.structs.replace(value, **changes) if changes else value
    if is_dataclass(value) and not isinstance(value, type):
        changes = _changes(value, (field.name for field in fields(value)), place)
        return replace(value, **changes) if changes else value
    return value


def _changes(value: object, names: Iterable[str], place: str) -> dict[str, Any]:
    """The fields that are another text without it."""
    found = ((name, getattr(value, name)) for name in names)
    changed = ((name, one, _without(one, place)) for name, one in found)
    return {name: new for name, one, new in changed if new != one}
