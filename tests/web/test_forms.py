"""What a form has sent, read with patience and room that both have an end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from phone_recorder.web import forms
from phone_recorder.web.body import MAX_BODY
from phone_recorder.web.forms import one, read_form

FORM = b"application/x-www-form-urlencoded"


def read(pieces: Sequence[bytes | None], content_type: bytes = FORM) -> forms.Form:
    """What is read of a body that comes in these pieces; None for a client that goes away."""
    left = list(pieces)

    async def receive() -> dict[str, Any]:
        piece = left.pop(0)
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": bool(left)}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", content_type)]}
    return asyncio.run(read_form(Request(scope, receive)))


def refused(pieces: Sequence[bytes | None]) -> int:
    with pytest.raises(HTTPException) as caught:
        read(pieces)
    return caught.value.status_code


def test_fields_with_their_values() -> None:
    form = read([b"name=a&na", b"me=b%20c&empty=&bad=%ff"])
    assert form == {"name": ["a", "b c"], "empty": [""], "bad": ["\N{REPLACEMENT CHARACTER}"]}
    assert (one(form, "name"), one(form, "missing")) == ("b c", "")


@pytest.mark.parametrize("content_type", [b"", b"application/json", b"multipart/form-data; boundary=x"])
def test_another_kind_of_body_has_no_fields(content_type: bytes) -> None:
    assert read([b"name=a"], content_type) == {}


def test_a_charset_changes_nothing() -> None:
    assert read([b"name=a"], FORM + b"; charset=UTF-8") == {"name": ["a"]}


def test_a_body_that_does_not_end_is_refused() -> None:
    assert refused([b"x" * (MAX_BODY // 2)] * 4) == 413


def test_too_many_fields_are_refused() -> None:
    assert refused([b"a&" * 6000]) == 413


def test_a_client_that_goes_away() -> None:
    assert refused([b"name=", None]) == 400


def test_a_body_that_does_not_come_is_not_waited_for_for_ever() -> None:
    async def never() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    async def scenario() -> None:
        scope = {"type": "http", "method": "POST", "headers": [(b"content-type", FORM)]}
        await read_form(Request(scope, never), patience_s=0.01)

    with pytest.raises(HTTPException) as caught:
        asyncio.run(scenario())
    assert caught.value.status_code == 408
