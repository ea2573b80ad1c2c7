"""API: what goes on now."""

from __future__ import annotations

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from phone_recorder.recording.units import SECOND
from phone_recorder.server.entry import Live
from phone_recorder.web.guard import may_go_on
from phone_recorder.web.problems import json_answer
from phone_recorder.web.server.metrics import MEDIA_TYPE, metrics
from phone_recorder.web.server.parts import ServerParts, parts_of


class LiveList(msgspec.Struct, frozen=True):
    """What is being recorded, oldest first."""

    live: list[Live]


class StorageLeft(msgspec.Struct, frozen=True):
    """Bytes, and the seconds of recordings that still fit."""

    free: int
    used: int
    seconds: int


class Health(msgspec.Struct, frozen=True):
    """The server answers, and what it records is stored."""

    status: str = "ok"


async def live(request: Request) -> Response:
    """GET /api/v1/live."""
    return json_answer(LiveList(parts_of(request).live()))


async def events(request: Request) -> Response:
    """GET /api/v1/live/events."""
    parts = parts_of(request)
    stream = parts.hub.watch(lambda: may_go_on(request, parts.site))
    return StreamingResponse(stream, media_type="text/event-stream")


async def storage(request: Request) -> Response:
    """GET /api/v1/storage."""
    return json_answer(await storage_left(parts_of(request)))


async def health(request: Request) -> Response:
    """GET /healthz."""
    if parts_of(request).figures().fault:
        raise HTTPException(503, "something of what is recorded may not be stored: the server's lines say what")
    return json_answer(Health())


async def metrics_text(request: Request) -> Response:
    """GET /metrics."""
    parts = parts_of(request)
    totals = await parts.site.lookups.run(parts.recordings.totals)
    free = await parts.site.lookups.run(parts.recordings.free)
    return Response(metrics(totals, parts.live(), free, parts.figures()), media_type=MEDIA_TYPE)


async def storage_left(parts: ServerParts) -> StorageLeft:
    """What room there is."""
    free = await parts.site.lookups.run(parts.recordings.free)
    totals = await parts.site.lookups.run(parts.recordings.totals)
    return StorageLeft(free, sum(total.bytes for total in totals.values()), free // SECOND)
