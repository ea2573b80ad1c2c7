"""The OpenAPI 3.1 document of the API, made from the same table as its routes."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from phone_recorder import __version__
from phone_recorder.web.problems import Problem

Handler = Callable[[Request], Awaitable[Response]]

JSON = "application/json"
NAME_PATTERN = r"^Record_[0-9]{14}(-[0-9]{1,9})?$"

_REFUSALS = {
    400: "The request cannot be read.",
    401: "Neither logged in nor a token that is known.",
    403: "Asked for by another site's page, or not on this machine.",
    404: "There is no such recording.",
    409: "It cannot be done now, or not with this recording.",
    408: "The request takes too long to come.",
    413: "The request is too long.",
    415: "The body is no JSON.",
    416: "The range lies outside.",
    422: "A parameter cannot be used.",
    429: "Too many at once.",
    503: "The storage fails, or the server is stopping.",
}
_ALWAYS = (400, 401, 403, 503)
_OF_A_BODY = (408, 413, 415, 422)
_SECURITY = {
    "token": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "phone_recorder_session", "description": "Of a browser."},
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One row: what a method does at a path, and what it answers: a struct as JSON, bytes of media types, or nothing.

    `parameters` is a struct, a field each, and `body` one that comes as JSON; `refusals` are statuses beside those that
    any operation may answer.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    answer: type[msgspec.Struct] | tuple[str, ...]
    status: int = 200
    parameters: type[msgspec.Struct] | None = None
    body: type[msgspec.Struct] | None = None
    refusals: tuple[int, ...] = ()
    form: bool = False
    everybody: bool = False


def routes(operations: Sequence[Operation]) -> list[Route]:
    """One for each path, so that it knows all its methods; a parameter in a path takes no slash."""
    handlers: dict[str, dict[str, Handler]] = {}
    for one in operations:
        handlers.setdefault(one.path, {})[one.method] = one.handler
    return [Route(path, _by_method(methods), methods=list(methods)) for path, methods in handlers.items()]


def _by_method(handlers: Mapping[str, Handler]) -> Handler:
    async def handle(request: Request) -> Response:
        if request.method != "HEAD":
            return await handlers[request.method](request)
        answer = await handlers["GET"](request)
        # Without it, what would be streamed is made all the same, and some of it has no end.
        streamed = isinstance(answer, StreamingResponse)
        return Response(None, answer.status_code, dict(answer.headers)) if streamed else answer

    return handle


def openapi(
    operations: Sequence[Operation], title: str, token_hint: str, name_pattern: str = NAME_PATTERN
) -> dict[str, Any]:
    """The document; `token_hint` is the command that makes tokens, `name_pattern` what a name in a path looks like."""
    structs = {kind for one in operations for kind in (one.answer, one.parameters, one.body) if isinstance(kind, type)}
    kinds = sorted(structs | {Problem}, key=lambda kind: kind.__name__)
    _, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, components, name_pattern)
    token = _SECURITY["token"] | {"description": f"Made by `{token_hint}`."}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": __version__},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": _SECURITY | {"token": token}},
        "security": [{name: []} for name in _SECURITY],
    }


def _operation(one: Operation, schemas: dict[str, Any], name_pattern: str) -> dict[str, Any]:
    fields = _fields(one, schemas)
    in_path = [_path_parameter(name, name_pattern) for name in re.findall(r"\{(\w+)\}", one.path)]
    described: dict[str, Any] = {
        "summary": one.summary,
        "operationId": f"{one.method.lower()}{one.path.replace('/', '_').replace('{', '').replace('}', '')}",
        "parameters": in_path + ([] if one.form else fields),
        "responses": _responses(one),
    }
    if one.form:
        described["requestBody"] = _form(fields)
    if one.body:
        needed = bool(schemas[one.body.__name__].get("required"))
        described["requestBody"] = {"required": needed, **_content(one.body)}
    return described | ({"security": []} if one.everybody else {})


def _path_parameter(name: str, pattern: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": pattern}}


def _fields(one: Operation, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of the parameters' struct."""
    schema = schemas[one.parameters.__name__] if one.parameters else {}
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": field}
        for name, field in schema.get("properties", {}).items()
    ]


def _form(fields: Sequence[dict[str, Any]]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {field["name"]: field["schema"] for field in fields} | {"csrf": {"type": "string"}},
        "required": [field["name"] for field in fields if field["required"]],
        "additionalProperties": False,
    }
    return {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}


def _responses(one: Operation) -> dict[str, Any]:
    answers = {str(one.status): {"description": "Done.", **_content(one.answer)}}
    if not isinstance(one.answer, type) and 416 in one.refusals:
        answers["206"] = {"description": "The part that a Range header asks for.", **_content(one.answer)}
    refusals = (() if one.everybody else _ALWAYS) + (_OF_A_BODY if one.body else ())
    for status in sorted({*refusals, *one.refusals}):
        answers[str(status)] = {"description": _REFUSALS[status], **_content(Problem)}
    return answers


def _content(answer: type[msgspec.Struct] | tuple[str, ...]) -> dict[str, Any]:
    if isinstance(answer, type):
        return {"content": {JSON: {"schema": {"$ref": f"#/components/schemas/{answer.__name__}"}}}}
    return {"content": {media: {} for media in answer}} if answer else {}
