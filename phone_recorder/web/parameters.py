"""Query parameters to values: what is unknown, twice there or no such value is refused with a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec
from starlette.exceptions import HTTPException

from phone_recorder.wire.printable import printable

T = TypeVar("T", bound=msgspec.Struct)


def convert(pairs: Sequence[tuple[str, str]], kind: type[T]) -> T:
    """The parameters as a struct; of a field that is a list each value may be there. HTTPException 422 otherwise."""
    lists = {field.name: _is_list(field) for field in msgspec.structs.fields(kind)}
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in lists:
            known = ", ".join(lists) or "none"
            raise HTTPException(422, f"there is no parameter {printable(name)!r}: {known} can be given")
        values.setdefault(name, []).append(value)
    if twice := [name for name, given in values.items() if len(given) > 1 and not lists[name]]:
        raise HTTPException(422, f"the parameter {twice[0]!r} is there twice: give it once")
    return _struct({name: given if lists[name] else given[0] for name, given in values.items()}, kind)


def _is_list(field: msgspec.structs.FieldInfo) -> bool:
    return isinstance(msgspec.inspect.type_info(field.type), msgspec.inspect.ListType)


def _struct(values: Mapping[str, str | list[str]], kind: type[T]) -> T:
    try:
        return msgspec.convert(values, kind, strict=False)
    except (msgspec.ValidationError, OverflowError) as error:
        raise HTTPException(422, f"the parameters cannot be used: {printable(str(error))}") from error
