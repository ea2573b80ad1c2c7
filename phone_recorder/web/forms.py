"""What a page's form has sent: read with patience and room that both have an end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

MAX_BODY = 128 * 1024
"""More than a thousand names of recordings."""
MAX_FIELDS = 5100
BODY_S = 10.0
_FORM = "application/x-www-form-urlencoded"

Form = Mapping[str, list[str]]


async def read_form(request: Request, patience_s: float = BODY_S) -> Form:
    """The fields of an urlencoded form, each with its values; none if the body is something else.

    HTTPException 413 if the body is too long, 408 if it takes too long to come.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return {}
    try:
        body = await asyncio.wait_for(_read(request), patience_s)
    except TimeoutError as error:
        raise HTTPException(408, "the request took too long to come: send it again") from error
    except ClientDisconnect as error:
        raise HTTPException(400, "the request was not finished") from error
    text = body.decode("utf-8", "replace")
    try:
        return parse_qs(text, keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise HTTPException(413, f"the form has too many fields: {MAX_FIELDS} are taken") from error


def one(form: Form, name: str) -> str:
    """The field's last value, or nothing."""
    return form.get(name, [""])[-1]


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            raise HTTPException(413, f"the request is too long: {MAX_BODY} bytes are taken")
    return bytes(body)
