"""API: recordings found, looked at and deleted."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from phone_recorder.errors import UsageError
from phone_recorder.recording.drive_names import record_order
from phone_recorder.server.entry import Entry
from phone_recorder.server.query import Query
from phone_recorder.web.parameters import convert
from phone_recorder.web.problems import json_answer
from phone_recorder.web.server.parts import ServerParts, parts_of


async def search(request: Request) -> Response:
    """GET /api/v1/recordings."""
    query = convert(request.query_params.multi_items(), Query)
    parts = parts_of(request)
    return json_answer(await parts.site.lookups.run(parts.recordings.search, query))


async def get(request: Request) -> Response:
    """GET /api/v1/recordings/{name}."""
    return json_answer(await find_entry(parts_of(request), request.path_params["name"]))


async def delete(request: Request) -> Response:
    """DELETE /api/v1/recordings/{name}."""
    await delete_entry(parts_of(request), request.path_params["name"])
    return Response(None, 204)


async def find_entry(parts: ServerParts, name: str) -> Entry:
    """The recording of that name; HTTPException 404 if there is none, or none can have such a name."""
    entry = await parts.site.lookups.run(parts.recordings.get, name) if record_order(f"{name}.wav") else None
    if entry is None:
        raise HTTPException(404, "there is no such recording: it was deleted, or never was")
    return entry


async def delete_entry(parts: ServerParts, name: str) -> None:
    """Delete the recording of that name; HTTPException 404 if there is none, 409 if that cannot be."""
    entry = await find_entry(parts, name)
    if entry.state == "recording":
        raise HTTPException(409, f"{name} is being recorded: stop it first")
    try:
        await parts.site.lookups.run(parts.recordings.delete, name)
    except UsageError as error:
        raise HTTPException(409, str(error)) from error
