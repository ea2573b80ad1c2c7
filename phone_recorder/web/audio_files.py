"""A record file as an answer: its audio as WAV, the file as it is, its waveform, and why it cannot be one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from phone_recorder.errors import AudioFileError, RecordFileError, UsageError
from phone_recorder.web.answers import Tagged, content_answer, etag, not_modified
from phone_recorder.web.parameters import convert
from phone_recorder.web.site import Site, site_of
from phone_recorder.web.wav_stream import FileStream, WavStream, recorded_audio

Form = Literal["wav", "record"]
FORMS: dict[Form, Callable[[Path], Tagged]] = {
    "wav": lambda path: WavStream(recorded_audio(path)),
    "record": FileStream,
}


class AudioParameters(msgspec.Struct, frozen=True):
    """`download` has a browser store the audio instead of playing it."""

    download: bool = False


async def audio_answer(request: Request, name: str, path: Path) -> Response:
    """The audio of the recording of that name as a RIFF WAV, or the part that a Range header asks for."""
    keep = convert(request.query_params.multi_items(), AudioParameters).download
    content = await content_of(site_of(request), name, path, "wav")
    return content_answer(request, content, "audio/wav", f"{name}-audio.wav", keep)


async def record_answer(request: Request, name: str, path: Path) -> Response:
    """The record file of the recording of that name, to be kept, or the part that a Range header asks for."""
    content = await content_of(site_of(request), name, path, "record")
    return content_answer(request, content, "application/octet-stream", f"{name}.wav", keep=True)


async def waveform_answer(request: Request, name: str, path: Path) -> Response:
    """The picture of the recording of that name, as SVG."""
    site = site_of(request)
    with refusals(name):
        audio = await site.lookups.run(recorded_audio, path)
        if known := not_modified(request, audio.tag):
            return known
        picture = await site.pictures.of(audio, request.is_disconnected)
    return Response(picture, 200, {"ETag": etag(audio.tag)}, "image/svg+xml")


async def content_of(site: Site, name: str, path: Path, form: Form) -> Tagged:
    """The recording's bytes in that form; HTTPException 404 or 409 if there are none."""
    with refusals(name):
        return await site.lookups.run(FORMS[form], path)


@contextmanager
def refusals(name: str) -> Iterator[None]:
    """HTTPException 404 where the record file cannot be read, 409 where its audio cannot be used."""
    try:
        yield
    except RecordFileError as error:
        raise HTTPException(409, f"{error}; download the record file") from error
    except AudioFileError as error:
        raise HTTPException(409, f"{name}: {error}; download the record file") from error
    except UsageError as error:
        raise HTTPException(404, str(error)) from error
