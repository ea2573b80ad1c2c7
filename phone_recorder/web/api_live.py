"""API: what goes on now."""

from __future__ import annotations

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from phone_recorder.recording.units import SECOND
from phone_recorder.server.entry import Live
from phone_recorder.web.guard import may_go_on
from phone_recorder.web.metrics import MEDIA_TYPE, metrics
from phone_recorder.web.problems import json_answer
from phone_recorder.web.site import Site, site_of


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
    return json_answer(LiveList(site_of(request).live()))


async def events(request: Request) -> Response:
    """GET /api/v1/live/events."""
    site = site_of(request)
    stream = site.hub.watch(lambda: may_go_on(request, site))
    return StreamingResponse(stream, media_type="text/event-stream")


async def storage(request: Request) -> Response:
    """GET /api/v1/storage."""
    return json_answer(await storage_left(site_of(request)))


async def health(request: Request) -> Response:
    """GET /healthz."""
    if site_of(request).figures().fault:
        raise HTTPException(503, "something of what is recorded may not be stored: the server's lines say what")
    return json_answer(Health())


async def metrics_text(request: Request) -> Response:
    """GET /metrics."""
    site = site_of(request)
    totals = await site.lookups.run(site.recordings.totals)
    free = await site.lookups.run(site.recordings.free)
    return Response(metrics(totals, site.live(), free, site.figures()), media_type=MEDIA_TYPE)


async def storage_left(site: Site) -> StorageLeft:
    """What room there is."""
    free = await site.lookups.run(site.recordings.free)
    totals = await site.lookups.run(site.recordings.totals)
    return StorageLeft(free, sum(total.bytes for total in totals.values()), free // SECOND)
