"""Bytes as an answer: the whole or a range, sent a piece at a time, shown or to be kept."""

from __future__ import annotations

from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from phone_recorder.web.headers import content_disposition
from phone_recorder.web.ranges import ByteRange, NotSatisfiable, parse_range
from phone_recorder.web.site import site_of
from phone_recorder.web.zip_stream import Readable


class Tagged(Readable, Protocol):
    """`tag` changes whenever the bytes do."""

    tag: str


def content_answer(request: Request, content: Tagged, media_type: str, filename: str, keep: bool) -> Response:
    """The bytes that the request's Range asks for, all of them if it has none; HTTPException 416 if they are not there.

    `keep` has a browser store the bytes under `filename`, else it may show them. Who has them already gets none.
    """
    if known := not_modified(request, content.tag):
        return known
    asked = _range(request, content)
    part = asked or ByteRange(0, content.size, content.size)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(part.stop - part.start),
        "Content-Disposition": content_disposition("attachment" if keep else "inline", filename),
        "ETag": etag(content.tag),
        **({"Content-Range": str(asked)} if asked else {}),
    }
    pieces = site_of(request).audio.each(content.read(part.start, part.stop))
    return StreamingResponse(pieces, 206 if asked else 200, headers, media_type)


def etag(tag: str) -> str:
    """The tag as a header has it (RFC 9110 section 8.8.3)."""
    return f'"{tag}"'


def not_modified(request: Request, tag: str) -> Response | None:
    """The answer to who has what this tag stands for (RFC 9110 section 13.1.2); None to everybody else."""
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    return Response(None, 304, {"ETag": etag(tag)}) if known & {etag(tag), "*"} else None


def _range(request: Request, content: Tagged) -> ByteRange | None:
    """A range of bytes that have changed since the last one was asked for is no use (RFC 9110 section 13.1.5)."""
    if request.headers.get("if-range", etag(content.tag)) != etag(content.tag):
        return None
    try:
        return parse_range(request.headers.get("range", ""), content.size)
    except NotSatisfiable as error:
        raise HTTPException(416, f"{error}: ask for less", {"Content-Range": f"bytes */{content.size}"}) from error
