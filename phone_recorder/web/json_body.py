"""A request's fields as a JSON object: what is unknown, missing or no such value is refused with a sentence."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request

from phone_recorder.web.body import BODY_S, media_type, read_body
from phone_recorder.web.forms import FORM_TYPE
from phone_recorder.wire.printable import printable

T = TypeVar("T", bound=msgspec.Struct)

JSON_TYPE = "application/json"


async def read_json(request: Request, kind: type[T], patience_s: float = BODY_S) -> T:
    """The body as a struct; no body is an object without fields.

    HTTPException 413 if it is too long, 408 if it takes too long to come, 415 if it says that it is something else,
    400 if it is no JSON, 422 if it has other fields or values.
    """
    said = media_type(request)
    if said == FORM_TYPE:  # which is read already, in search of a CSRF token
        raise _not_json()
    body = await read_body(request, patience_s)
    if body and said != JSON_TYPE:
        raise _not_json()
    return from_json(body or b"{}", kind)


def from_json(data: bytes, kind: type[T]) -> T:
    """JSON as a struct; HTTPException 400 or 422."""
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HTTPException(400, f"the request is no JSON: {printable(str(error))}") from error
    return from_fields(value, kind)


def from_fields(value: Any, kind: type[T]) -> T:
    """What was JSON as a struct; HTTPException 422."""
    if not isinstance(value, dict):
        raise HTTPException(422, "the request is no JSON object: send one, such as {}")
    names = [field.encode_name for field in msgspec.structs.fields(kind)]
    if unknown := [name for name in value if name not in names]:
        known = ", ".join(names) or "none"
        raise HTTPException(422, f"there is no field {printable(unknown[0])!r}: {known} can be given")
    try:
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, OverflowError) as error:
        raise HTTPException(422, f"the fields cannot be used: {printable(str(error))}") from error


def _not_json() -> HTTPException:
    return HTTPException(415, f"the request has to be JSON: send the fields with Content-Type: {JSON_TYPE}")
