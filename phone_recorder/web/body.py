"""The body of a request: read with patience and room that both have an end."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

MAX_BODY = 128 * 1024
"""More than a thousand names of recordings."""
BODY_S = 10.0


def media_type(request: Request) -> str:
    """What the body says that it is, without parameters; nothing if it does not say."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_body(request: Request, patience_s: float = BODY_S) -> bytes:
    """All of it; HTTPException 413 if it is too long, 408 if it takes too long to come, 400 if it is broken off."""
    try:
        return await asyncio.wait_for(_read(request), patience_s)
    except TimeoutError as error:
        raise HTTPException(408, "the request took too long to come: send it again") from error
    except ClientDisconnect as error:
        raise HTTPException(400, "the request was not finished") from error


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            raise HTTPException(413, f"the request is too long: {MAX_BODY} bytes are taken")
    return bytes(body)
