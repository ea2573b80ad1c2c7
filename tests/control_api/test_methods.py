"""The control API's tables: every method's structs go through JSON, and what is no request is refused."""

from __future__ import annotations

import msgspec
import pytest

from phone_recorder.control_api import (
    AGENT_EVENTS,
    AGENT_METHODS,
    BY_NAME,
    BY_REQUEST,
    EVENTS,
    KEYS,
    METHODS,
    AgentStatus,
    BeginCall,
    Call,
    ChangeCall,
    DriveList,
    Event,
    FinishCall,
    Method,
    ObservedCall,
    PressKey,
    PressRecord,
    RecordState,
    Screen,
    StartCall,
    by_name,
    demand_current,
)
from phone_recorder.errors import UsageError

EVERY = (*METHODS, *(method for method in AGENT_METHODS if method not in METHODS))
COMMON = {
    *("record.get", "record.press", "drives.list", "recordings.list", "recordings.delete", "recordings.export"),
    *("settings.list", "settings.set"),
}


@pytest.mark.parametrize("method", EVERY, ids=lambda method: f"{method.name} {method.request.__name__}")
def test_a_method_has_a_name_a_sentence_and_schemas(method: Method) -> None:
    room, _, verb = method.name.partition(".")
    assert room.isalpha() and verb.isalpha() and method.summary
    for kind in (method.request, method.result):
        assert msgspec.json.schema(kind)


@pytest.mark.parametrize("methods", [METHODS, AGENT_METHODS])
def test_no_name_and_no_request_is_there_twice(methods: tuple[Method, ...]) -> None:
    assert len(by_name(methods)) == len({method.request for method in methods}) == len(methods)


def test_the_phones_methods_are_found_by_name_and_by_request() -> None:
    for method in METHODS:
        assert BY_NAME[method.name] is BY_REQUEST[method.request] is method


def test_what_both_answer_are_the_same_rows() -> None:
    assert {method.name for method in METHODS if method in AGENT_METHODS} == COMMON


@pytest.mark.parametrize("method", [one for one in EVERY if one.safe], ids=lambda method: method.name)
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
        (BeginCall, {"rtp": "both"}),
        (BeginCall, {"codec": "opus"}),
        (BeginCall, {"remote_name": "x" * 201}),
        (BeginCall, {"held": None}),
        (ChangeCall, {"held": "yes"}),
        (ChangeCall, {"call": 1}),
        (FinishCall, {"why": "busy"}),
        (PressRecord, {"call": "x" * 201}),
        (PressRecord, {"event": "erase"}),
    ],
)
def test_what_is_no_request_is_refused(kind: type[msgspec.Struct], fields: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(fields, kind)


def test_what_a_change_does_not_name_stays() -> None:
    assert msgspec.convert({"held": True}, ChangeCall) == ChangeCall("", True, None, None, None)


def test_a_phone_with_one_call_knows_it_by_no_id() -> None:
    demand_current(PressRecord().call)
    with pytest.raises(UsageError, match="leave `call` empty"):
        demand_current("1")


def test_the_keys_are_those_of_a_desk_phone() -> None:
    assert len(KEYS) == len(set(KEYS)) and {"record", "hook", "dss1", "soft4", "#"} <= set(KEYS)


def test_an_event_is_one_line_of_json() -> None:
    encoded = msgspec.json.encode(Event("screen", Screen(title="BX5S\n", language="en")))
    assert b"\n" not in encoded and msgspec.json.decode(encoded)["event"] in EVENTS


@pytest.mark.parametrize("events", [EVENTS, AGENT_EVENTS])
def test_what_is_told_are_events(events: tuple[str, ...]) -> None:
    for event in events:
        assert msgspec.convert({"event": event, "data": 7}, Event).event == event
    assert len(events) == len(set(events))


def test_an_observed_call_is_a_call_with_more() -> None:
    told = msgspec.to_builtins(ObservedCall("held", "in", "1002", id="3", ports={"mixed": 40000}, current=True))
    assert msgspec.convert(told, Call) == Call("held", "in", "1002")
    assert (told["id"], told["rtp"], told["ports"], told["current"]) == ("3", "mixed", {"mixed": 40000}, True)


def test_the_status_goes_through_json() -> None:
    record = RecordState("idle", "idle", "00:00", "", "off", call="1")
    status = AgentStatus("1.0", "local", "0011", [ObservedCall(id="1")], record, DriveList([], "no drive"))
    assert msgspec.json.decode(msgspec.json.encode(status), type=AgentStatus) == status
