"""The phone's HTTP API: the control API's table of methods, and the files of the recordings on its drive."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from phone_recorder.adapters.drive_errors import HANGS, HANGS_AFTER_S
from phone_recorder.control_api import METHODS, Method
from phone_recorder.errors import DriveError, PhoneRecorderError, UsageError
from phone_recorder.web.audio_files import AudioParameters, audio_answer, record_answer, waveform_answer
from phone_recorder.web.json_body import read_json
from phone_recorder.web.openapi import Handler, Operation, openapi
from phone_recorder.web.phone.look import LOOK
from phone_recorder.web.phone.site import phone_of
from phone_recorder.web.problems import json_answer

NAME_PATTERN = r"^Record_[0-9]{14}(-[0-9]{1,9})?\.wav$"
"""Of a recording's name: that of its file."""
DRIVE_S = HANGS_AFTER_S
"""For which the drive is waited for; a request that waits for ever would keep its connection."""
_ONE = "/api/v1/recordings/{name}"
_WAV, _BYTES, _SVG = ("audio/wav",), ("application/octet-stream",), ("image/svg+xml",)


class Health(msgspec.Struct, frozen=True):
    """The phone answers."""

    status: str = "ok"


async def audio(request: Request) -> Response:
    """GET /api/v1/recordings/{name}/audio.wav."""
    name, path = await _found(request)
    return await audio_answer(request, name.removesuffix(".wav"), path)


async def record(request: Request) -> Response:
    """GET /api/v1/recordings/{name}/record."""
    name, path = await _found(request)
    return await record_answer(request, name.removesuffix(".wav"), path)


async def waveform(request: Request) -> Response:
    """GET /api/v1/recordings/{name}/waveform.svg."""
    name, path = await _found(request)
    return await waveform_answer(request, name.removesuffix(".wav"), path)


async def health(_: Request) -> Response:
    """GET /healthz."""
    return json_answer(Health())


async def _openapi(_: Request) -> Response:
    return json_answer(openapi(OPERATIONS, "phone-recorder phone", LOOK.token_hint, NAME_PATTERN))


def _handler(method: Method, has_body: bool) -> Handler:
    async def handle(request: Request) -> Response:
        asked = await read_json(request, method.request) if has_body else method.request()
        try:
            return json_answer(await phone_of(request).target.answer(asked))
        except PhoneRecorderError as error:
            raise HTTPException(409, str(error)) from error

    return handle


def _operations(method: Method) -> Iterator[Operation]:
    """What is safe can be looked at too, in a browser say."""
    path, result = f"/api/v1/{method.name}", method.result
    yield Operation("POST", path, _handler(method, True), method.summary, result, body=method.request, refusals=(409,))
    if method.safe:
        yield Operation("GET", path, _handler(method, False), method.summary, result, refusals=(409,))


async def _found(request: Request) -> tuple[str, Path]:
    phone, name = phone_of(request), request.path_params["name"]
    try:
        async with asyncio.timeout(DRIVE_S):
            return name, await phone.site.drive.run(phone.path_of, name)
    except UsageError as error:
        raise HTTPException(404, str(error)) from error
    except TimeoutError as error:
        raise DriveError(HANGS) from error


OPERATIONS = (
    *(operation for method in METHODS for operation in _operations(method)),
    Operation(
        "GET",
        f"{_ONE}/audio.wav",
        audio,
        "The audio as a RIFF WAV",
        _WAV,
        parameters=AudioParameters,
        refusals=(404, 409, 416, 422),
    ),
    Operation("GET", f"{_ONE}/record", record, "The record file as it is", _BYTES, refusals=(404, 409, 416)),
    Operation("GET", f"{_ONE}/waveform.svg", waveform, "A picture", _SVG, refusals=(404, 409)),
    Operation("GET", "/healthz", health, "Whether the phone is on", Health, everybody=True),
    Operation("GET", "/openapi.json", _openapi, "This document", ("application/json",)),
)
"""A new method of the control API is a new route, documented and guarded."""
