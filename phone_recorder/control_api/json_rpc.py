"""The control API as JSON-RPC 2.0, a request a message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

import msgspec

from phone_recorder.control_api.methods import BY_NAME, Method
from phone_recorder.control_api.requests import Request
from phone_recorder.errors import PhoneRecorderError
from phone_recorder.wire.printable import printable

PARSE, INVALID, NO_METHOD, PARAMS, REFUSED = -32700, -32600, -32601, -32602, -32000
"""Codes of JSON-RPC 2.0 section 5.1; the last one is ours: the phone cannot do that, in one sentence."""
NO_JSON = (msgspec.DecodeError, UnicodeError, RecursionError)
"""What decoding raises: for what is no JSON, no text, and nested too deep."""

Answer = Callable[[Request], Awaitable[msgspec.Struct]]
Own = Callable[[Any], None]
"""A method of the carrier's own; ValidationError if its parameters make no sense."""


Id = int | float | str | None


class Call(msgspec.Struct):
    """What is asked. Without an id nobody waits for an answer; null is one, if an odd one (section 4).

    Whoever leaves `jsonrpc` out, as one does who types, means this version all the same.
    """

    method: str
    jsonrpc: Literal["2.0"] = "2.0"
    params: msgspec.Raw = msgspec.Raw(b"{}")
    id: Id | msgspec.UnsetType = msgspec.UNSET


class Refusal(Exception):
    """A request that is not carried out: its code, and why."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


async def carry_out(
    data: str | bytes,
    answer: Answer,
    own: Mapping[str, Own] | None = None,
    methods: Mapping[str, Method] = BY_NAME,
    where: str = "see /openapi.json",
) -> bytes | None:
    """The answer to a message, None to one that wants none. `where` tells whoever asks for no method what there is."""
    asked: Call | None = None
    try:
        asked = _read(data)
        if asked.method in (own or {}) or asked.method in methods:
            result = await _result(asked, answer, own or {}, methods)
        else:
            raise Refusal(NO_METHOD, f"there is no method {printable(asked.method)!r}: {where}")
    except Refusal as refusal:
        # Of what cannot be read nobody knows whether it wants an answer: it gets one.
        id_ = asked.id if asked else None
        return None if id_ is msgspec.UNSET else refused(refusal, id_)
    if asked.id is msgspec.UNSET:
        return None
    return msgspec.json.encode({"jsonrpc": "2.0", "id": asked.id, "result": result})


def refused(refusal: Refusal, id_: Id = None) -> bytes:
    """The answer that says so; without an id to whoever asked what cannot be read, or nothing at all."""
    error = {"code": refusal.code, "message": str(refusal)}
    return msgspec.json.encode({"jsonrpc": "2.0", "id": id_, "error": error})


def _read(data: str | bytes) -> Call:
    try:
        return msgspec.json.decode(data, type=Call)
    except msgspec.ValidationError as error:
        sentence = f"this is no request: {printable(str(error))}; a message is one JSON-RPC 2.0 object, and no batch"
        raise Refusal(INVALID, sentence) from error
    except NO_JSON as error:
        raise Refusal(PARSE, f"this is no JSON: {printable(str(error))}") from error


async def _result(asked: Call, answer: Answer, own: Mapping[str, Own], methods: Mapping[str, Method]) -> object:
    try:
        if asked.method in own:
            own[asked.method](msgspec.json.decode(asked.params))
            return {}
        request = msgspec.json.decode(asked.params, type=methods[asked.method].request)
    except NO_JSON as error:
        raise Refusal(PARAMS, f"the parameters cannot be used: {printable(str(error))}") from error
    try:
        return await answer(request)
    except PhoneRecorderError as error:
        raise Refusal(REFUSED, str(error)) from error
