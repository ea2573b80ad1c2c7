"""The JSON API: a table of what can be done, which the routes and the OpenAPI document are made from."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from phone_recorder.server.entry import Entry
from phone_recorder.server.query import Page, Query
from phone_recorder.web.audio_files import AudioParameters
from phone_recorder.web.openapi import Operation, openapi
from phone_recorder.web.problems import json_answer
from phone_recorder.web.server import api_files, api_live, api_recordings
from phone_recorder.web.server.api_files import ZipParameters
from phone_recorder.web.server.api_live import Health, LiveList, StorageLeft
from phone_recorder.web.server.look import LOOK
from phone_recorder.web.server.metrics import MEDIA_TYPE as METRICS_TYPE

_ONE = "/api/v1/recordings/{name}"
_WAV, _BYTES, _SVG, _ZIP = ("audio/wav",), ("application/octet-stream",), ("image/svg+xml",), ("application/zip",)


async def _openapi(_: Request) -> Response:
    return json_answer(openapi(OPERATIONS, "phone-recorder server", LOOK.token_hint))


OPERATIONS = (
    Operation("GET", "/api/v1/recordings", api_recordings.search, "Search", Page, parameters=Query, refusals=(422,)),
    Operation("GET", _ONE, api_recordings.get, "All that is known of a recording", Entry, refusals=(404,)),
    Operation("DELETE", _ONE, api_recordings.delete, "Delete a recording", (), status=204, refusals=(404, 409)),
    Operation(
        "GET",
        f"{_ONE}/audio.wav",
        api_files.audio,
        "The audio as a RIFF WAV",
        _WAV,
        parameters=AudioParameters,
        refusals=(404, 409, 416, 422),
    ),
    Operation("GET", f"{_ONE}/record", api_files.record, "The record file as it is", _BYTES, refusals=(404, 409, 416)),
    Operation("GET", f"{_ONE}/waveform.svg", api_files.waveform, "A picture", _SVG, refusals=(404, 409)),
    Operation(
        "GET",
        "/api/v1/recordings.zip",
        api_files.many,
        "Many recordings as a zip",
        _ZIP,
        parameters=ZipParameters,
        refusals=(404, 409, 422),
    ),
    Operation(
        "POST",
        "/api/v1/recordings.zip",
        api_files.many,
        "More of them than a URL holds",
        _ZIP,
        parameters=ZipParameters,
        refusals=(404, 409, 413, 422),
        form=True,
    ),
    Operation("GET", "/api/v1/live", api_live.live, "What is being recorded", LiveList),
    Operation("GET", "/api/v1/live/events", api_live.events, "The same, pushed", ("text/event-stream",)),
    Operation("GET", "/api/v1/storage", api_live.storage, "What room is left", StorageLeft),
    Operation("GET", "/healthz", api_live.health, "Whether all is well", Health, refusals=(503,), everybody=True),
    Operation("GET", "/metrics", api_live.metrics_text, "Figures for Prometheus", (METRICS_TYPE.partition(";")[0],)),
    Operation("GET", "/openapi.json", _openapi, "This document", ("application/json",)),
)
"""A new row is a new route, documented and guarded."""
