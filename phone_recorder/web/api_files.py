"""API: the audio of recordings, one or many, and its picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from phone_recorder.errors import AudioFileError, RecordFileError, UsageError
from phone_recorder.web.answers import Tagged, content_answer, etag, not_modified
from phone_recorder.web.api_recordings import find_entry
from phone_recorder.web.headers import content_disposition
from phone_recorder.web.parameters import convert
from phone_recorder.web.site import Site, site_of
from phone_recorder.web.wav_stream import FileStream, WavStream, recorded_audio
from phone_recorder.web.zip_stream import Member, zip_stream

T = TypeVar("T")
Form = Literal["wav", "record"]
FORMS: dict[Form, Callable[[Path], Tagged]] = {
    "wav": lambda path: WavStream(recorded_audio(path)),
    "record": FileStream,
}


class AudioParameters(msgspec.Struct, frozen=True):
    """`download` has a browser store the audio instead of playing it."""

    download: bool = False


class ZipParameters(msgspec.Struct, frozen=True):
    """`name` of each recording that is wanted, as WAV or as the record file that it is."""

    name: Annotated[list[str], msgspec.Meta(min_length=1, max_length=5000)]
    format: Form = "wav"


async def audio(request: Request) -> Response:
    """GET /api/v1/recordings/{name}/audio.wav."""
    name = request.path_params["name"]
    keep = convert(request.query_params.multi_items(), AudioParameters).download
    content = await _content(site_of(request), name, "wav")
    return content_answer(request, content, "audio/wav", f"{name}-audio.wav", keep)


async def record(request: Request) -> Response:
    """GET /api/v1/recordings/{name}/record."""
    name = request.path_params["name"]
    content = await _content(site_of(request), name, "record")
    return content_answer(request, content, "application/octet-stream", f"{name}.wav", keep=True)


async def waveform(request: Request) -> Response:
    """GET /api/v1/recordings/{name}/waveform.svg."""
    site, name = site_of(request), request.path_params["name"]
    with _refusals(name):
        audio = await _of_file(site, name, recorded_audio)
        if known := not_modified(request, audio.tag):
            return known
        picture = await site.pictures.of(audio, request.is_disconnected)
    return Response(picture, 200, {"ETag": etag(audio.tag)}, "image/svg+xml")


async def many(request: Request) -> Response:
    """GET and POST /api/v1/recordings.zip."""
    pairs = request.query_params.multi_items()
    pairs += [(name, value) for name, values in request.state.form.items() for value in values if name != "csrf"]
    wanted = convert(pairs, ZipParameters)
    site = site_of(request)
    # All of them before the first byte: once a zip has begun, it can only be cut.
    contents = {name: await _content(site, name, wanted.format) for name in dict.fromkeys(wanted.name)}
    zipped = zip_stream(Member(f"{name}.wav", content) for name, content in contents.items())
    headers = {"Content-Disposition": content_disposition("attachment", "recordings.zip")}
    return StreamingResponse(site.audio.each(zipped), 200, headers, "application/zip")


async def _content(site: Site, name: str, form: Form) -> Tagged:
    with _refusals(name):
        return await _of_file(site, name, FORMS[form])


async def _of_file(site: Site, name: str, use: Callable[[Path], T]) -> T:
    """What `use` makes of the record file; HTTPException 404 if there is no such recording."""
    await find_entry(site, name)
    return await site.lookups.run(lambda: use(site.recordings.wav_path(name)))


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    """HTTPException 404 where the record file cannot be read, 409 where its audio cannot be used."""
    try:
        yield
    except RecordFileError as error:
        raise HTTPException(409, f"{error}; download the record file") from error
    except AudioFileError as error:
        raise HTTPException(409, f"{name}: {error}; download the record file") from error
    except UsageError as error:
        raise HTTPException(404, str(error)) from error
