"""API: the audio of recordings, one or many, and its picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from phone_recorder.web.answers import Tagged
from phone_recorder.web.audio_files import Form, audio_answer, content_of, record_answer, refusals, waveform_answer
from phone_recorder.web.headers import content_disposition
from phone_recorder.web.parameters import convert
from phone_recorder.web.server.api_recordings import find_entry
from phone_recorder.web.server.parts import ServerParts, parts_of
from phone_recorder.web.zip_stream import Member, zip_stream


class ZipParameters(msgspec.Struct, frozen=True):
    """`name` of each recording that is wanted, as WAV or as the record file that it is."""

    name: Annotated[list[str], msgspec.Meta(min_length=1, max_length=5000)]
    format: Form = "wav"


async def audio(request: Request) -> Response:
    """GET /api/v1/recordings/{name}/audio.wav."""
    return await audio_answer(request, *await _named(request))


async def record(request: Request) -> Response:
    """GET /api/v1/recordings/{name}/record."""
    return await record_answer(request, *await _named(request))


async def waveform(request: Request) -> Response:
    """GET /api/v1/recordings/{name}/waveform.svg."""
    return await waveform_answer(request, *await _named(request))


async def many(request: Request) -> Response:
    """GET and POST /api/v1/recordings.zip."""
    pairs = request.query_params.multi_items()
    pairs += [(name, value) for name, values in request.state.form.items() for value in values if name != "csrf"]
    wanted = convert(pairs, ZipParameters)
    parts = parts_of(request)
    # All of them before the first byte: once a zip has begun, it can only be cut.
    contents = {name: await _content(parts, name, wanted.format) for name in dict.fromkeys(wanted.name)}
    zipped = zip_stream(Member(f"{name}.wav", content) for name, content in contents.items())
    headers = {"Content-Disposition": content_disposition("attachment", "recordings.zip")}
    return StreamingResponse(parts.site.audio.each(zipped), 200, headers, "application/zip")


async def _named(request: Request) -> tuple[str, Path]:
    name = request.path_params["name"]
    return name, await _path(parts_of(request), name)


async def _content(parts: ServerParts, name: str, form: Form) -> Tagged:
    return await content_of(parts.site, name, await _path(parts, name), form)


async def _path(parts: ServerParts, name: str) -> Path:
    """Where the record file is; HTTPException 404 if there is no such recording."""
    await find_entry(parts, name)
    with refusals(name):
        return await parts.site.lookups.run(parts.recordings.wav_path, name)
