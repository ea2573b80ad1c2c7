"""What a page's form has sent."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request

from phone_recorder.web.body import BODY_S, media_type, read_body

MAX_FIELDS = 5100
FORM_TYPE = "application/x-www-form-urlencoded"

Form = Mapping[str, list[str]]


async def read_form(request: Request, patience_s: float = BODY_S) -> Form:
    """The fields of an urlencoded form, each with its values; none if the body is something else.

    HTTPException 413 if the body is too long, 408 if it takes too long to come.
    """
    if media_type(request) != FORM_TYPE:
        return {}
    text = (await read_body(request, patience_s)).decode("utf-8", "replace")
    try:
        return parse_qs(text, keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise HTTPException(413, f"the form has too many fields: {MAX_FIELDS} are taken") from error


def one(form: Form, name: str) -> str:
    """The field's last value, or nothing."""
    return form.get(name, [""])[-1]
