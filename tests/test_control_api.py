"""The control API's table: every method's structs go through JSON, and what is no request is refused."""

from __future__ import annotations

import msgspec
import pytest

from phone_recorder.control_api import (
    BY_NAME,
    BY_REQUEST,
    EVENTS,
    KEYS,
    METHODS,
    Event,
    Method,
    PressKey,
    Screen,
    StartCall,
)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_a_method_has_a_name_a_sentence_and_schemas(method: Method) -> None:
    room, _, verb = method.name.partition(".")
    assert room.isalpha() and verb.isalpha() and method.summary
    assert BY_NAME[method.name] is BY_REQUEST[method.request] is method
    for kind in (method.request, method.result):
        assert msgspec.json.schema(kind)


def test_no_name_and_no_request_is_there_twice() -> None:
    assert len(BY_NAME) == len(BY_REQUEST) == len(METHODS)


@pytest.mark.parametrize("method", [method for method in METHODS if method.safe], ids=lambda method: method.name)
def test_what_is_safe_needs_no_fields(method: Method) -> None:
    assert msgspec.convert({}, method.request) == method.request()


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (PressKey, {}),
        (PressKey, {"key": ""}),
        (PressKey, {"key": "ok", "long": True}),
        (PressKey, {"key": "x" * 201}),
        (StartCall, {"direction": "up"}),
        (StartCall, {"duration_s": -1}),
    ],
)
def test_what_is_no_request_is_refused(kind: type[msgspec.Struct], fields: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(fields, kind)


def test_the_keys_are_those_of_a_desk_phone() -> None:
    assert len(KEYS) == len(set(KEYS)) and {"record", "hook", "dss1", "soft4", "#"} <= set(KEYS)


def test_an_event_is_one_line_of_json() -> None:
    encoded = msgspec.json.encode(Event("screen", Screen(title="BX5S\n", language="en")))
    assert b"\n" not in encoded and msgspec.json.decode(encoded)["event"] in EVENTS
