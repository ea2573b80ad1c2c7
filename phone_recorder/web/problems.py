"""What is answered when something cannot be done: one sentence, as JSON for programs and as a page for people."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from phone_recorder.errors import DriveError, PhoneRecorderError
from phone_recorder.web.site import path_of, site_of
from phone_recorder.web.templates import render


class Problem(msgspec.Struct, frozen=True):
    """`error` is one sentence that says what to do."""

    error: str


def json_answer(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Any value of ours as JSON."""
    return Response(msgspec.json.encode(value), status, headers, "application/json")


def is_for_programs(request: HTTPConnection) -> bool:
    """Whether it is no page that a person sees."""
    return request.scope["type"] == "websocket" or path_of(request).startswith(site_of(request).look.for_programs)


def answer_problem(request: HTTPConnection, error: Exception) -> Response:
    """The answer to an HTTPException."""
    assert isinstance(error, HTTPException)  # it is registered for these
    status = error.status_code
    by_framework = error.detail == HTTPStatus(status).phrase
    ours = site_of(request).look.nothing_here  # in place of the framework's own words
    sentence = ours.get(status, error.detail) if by_framework else error.detail
    return _answer(request, status, sentence, dict(error.headers or {}))


def answer_failure(request: HTTPConnection, error: Exception) -> Response:
    """The answer when the server itself has failed: our own errors say why, others are for the log alone.

    503 while its storage fails, else 500.
    """
    ours = isinstance(error, PhoneRecorderError)
    status = 503 if isinstance(error, DriveError) else 500
    return _answer(request, status, str(error) if ours else "the server has failed: its log says why", {})


def _answer(request: HTTPConnection, status: int, sentence: str, headers: dict[str, str]) -> Response:
    if is_for_programs(request):
        return json_answer(Problem(sentence), status, headers)
    word = f"problem_{status}" if f"problem_{status}" in site_of(request).look.words else "problem"
    values = {"sentence": sentence, "status": status, "word": word}
    return render(request, "problem.html", values, status, headers)
