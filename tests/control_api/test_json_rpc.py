"""JSON-RPC 2.0: a message, and the answer or the code that it gets."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder import control_api as api
from phone_recorder.control_api.json_rpc import INVALID, NO_METHOD, PARAMS, PARSE, REFUSED, Refusal, carry_out, refused
from phone_recorder.errors import DriveGone
from tests.web.phone.fake_phone import REQUESTS, FakePhone


def said(message: str | bytes, phone: FakePhone | None = None) -> Any:
    """The answer, None if there is none."""
    answer = asyncio.run(carry_out(message, (phone or FakePhone()).answer, {"events.watch": _own}))
    return None if answer is None else json.loads(answer)


def _own(params: Any) -> None:
    msgspec.convert(params, dict[str, list[str]])


def a_request(method: str, params: str = "{}", id_: str = "1") -> str:
    return f'{{"jsonrpc":"2.0","id":{id_},"method":"{method}","params":{params}}}'


DEEP = "[" * 500_000 + "]" * 500_000
"""Deeper than Python 3.14 goes with 8 MiB of stack; the carriers take 64 KiB."""
LONG = "9" * 5000

REFUSED_MESSAGES = [
    ("", None, PARSE),
    (" ", None, PARSE),
    ("{", None, PARSE),
    ("hello", None, PARSE),
    (a_request("phone.get") + "x", None, PARSE),
    (a_request("phone.get") + a_request("phone.get"), None, PARSE),
    (b"\x00\x01\x02", None, PARSE),
    (b"\xff\xfe{", None, PARSE),
    (b'{"id":1,"method":"\xff"}', None, PARSE),
    (b'{"id":1,"method":"text.type","params":{"text":"\xff"}}', 1, PARAMS),
    ('{"id":1,"method":"\\ud800"}', None, PARSE),
    ("\ud800", None, PARSE),
    (f'{{"id":1,"method":"phone.get","params":{DEEP}}}', None, PARSE),
    (f'{{"id":1,"method":"phone.get","other":{DEEP}}}', None, PARSE),
    (a_request("phone.get", id_="NaN"), None, PARSE),
    ("null", None, INVALID),
    ("7", None, INVALID),
    ("[]", None, INVALID),
    (f"[{a_request('phone.get')}]", None, INVALID),
    (DEEP, None, INVALID),
    ("{}", None, INVALID),
    ('{"id":1}', None, INVALID),
    ('{"id":1,"method":7}', None, INVALID),
    ('{"id":1,"method":"phone.get","jsonrpc":"1.0"}', None, INVALID),
    (a_request("phone.get", id_="[1]"), None, INVALID),
    (a_request("phone.get", id_="true"), None, INVALID),
    (a_request("phone.get", id_="[]"), None, INVALID),
    (a_request("phone.get", id_=LONG), None, INVALID),
    (a_request("phone.Get"), 1, NO_METHOD),
    (a_request(""), 1, NO_METHOD),
    (a_request("__class__"), 1, NO_METHOD),
    (a_request("rpc.discover", id_='"a"'), "a", NO_METHOD),
    (a_request("key.press"), 1, PARAMS),
    (a_request("key.press", "null"), 1, PARAMS),
    (a_request("key.press", '["ok"]'), 1, PARAMS),
    (a_request("key.press", '{"key":7}'), 1, PARAMS),
    (a_request("key.press", '{"key":""}'), 1, PARAMS),
    (a_request("key.press", '{"key":"ok","long":true}'), 1, PARAMS),
    (a_request("phone.get", '{"x":1}'), 1, PARAMS),
    (a_request("stick.fill", f'{{"left":{LONG}}}'), 1, PARAMS),
    (a_request("stick.fill", '{"left":-1}'), 1, PARAMS),
    (a_request("stick.fill", '{"left":1.5}'), 1, PARAMS),
    (a_request("call.start", '{"duration_s":1e999}'), 1, PARAMS),
    (a_request("call.start", f'{{"duration_s":{LONG}}}'), 1, PARAMS),
    (a_request("settings.set", '{"values":{"phone.name":7}}'), 1, PARAMS),
    (a_request("settings.set", f'{{"values":{{"phone.name":"{"x" * 1001}"}}}}'), 1, PARAMS),
    (a_request("events.watch", '{"events":"levels"}'), 1, PARAMS),
    (a_request("events.watch", "[]"), 1, PARAMS),
]


@pytest.mark.parametrize(("message", "id_", "code"), REFUSED_MESSAGES, ids=range(len(REFUSED_MESSAGES)))
def test_what_is_no_request_is_refused_with_its_code(message: str | bytes, id_: object, code: int) -> None:
    phone = FakePhone()
    answer = said(message, phone)
    assert (answer["jsonrpc"], answer["id"], answer["error"]["code"]) == ("2.0", id_, code)
    assert answer["error"]["message"] and answer["error"]["message"].isprintable()
    assert len(answer["error"]["message"]) < 350
    assert phone.asked == []


def test_a_batch_is_refused_with_a_sentence_that_says_so() -> None:
    assert "no batch" in said(f"[{a_request('phone.get')}]")["error"]["message"]


@pytest.mark.parametrize("method", api.METHODS, ids=lambda method: method.name)
def test_every_method_is_carried_out(method: api.Method) -> None:
    phone, request = FakePhone(), REQUESTS.get(method.name, {})
    answer = said(a_request(method.name, json.dumps(request)), phone)
    assert set(answer) == {"jsonrpc", "id", "result"}
    msgspec.convert(answer["result"], method.result)
    assert phone.asked == [msgspec.convert(request, method.request)]


@pytest.mark.parametrize("id_", [0, -1, 2**63, 2**64 + 1, "", "x" * 1000, "名"])
def test_the_answer_has_the_id_of_the_request(id_: object) -> None:
    assert said(a_request("phone.get", id_=json.dumps(id_)))["id"] == id_


def test_without_params_the_defaults_hold() -> None:
    assert said('{"id":1,"method":"call.hold"}')["result"]["state"] == "connected"


def test_a_notification_is_carried_out_and_not_answered() -> None:
    phone = FakePhone()
    assert said('{"jsonrpc":"2.0","method":"key.press","params":{"key":"ok"}}', phone) is None
    assert phone.done == [api.PressKey("ok")]


@pytest.mark.parametrize("message", ['{"method":"no.such"}', '{"method":"key.press"}', '{"method":"events.watch"}'])
def test_a_notification_that_is_refused_is_not_answered_either(message: str) -> None:
    assert said(message) is None


def test_what_the_phone_cannot_do_is_its_own_sentence() -> None:
    phone = FakePhone()
    phone.refusals[api.PullStick] = DriveGone("the stick is not plugged in")
    error = said(a_request("stick.pull"), phone)["error"]
    assert error == {"code": REFUSED, "message": "the stick is not plugged in"}


def test_a_method_of_the_carriers_own_answers_nothing_more() -> None:
    assert said(a_request("events.watch", '{"events":["levels"]}'))["result"] == {}


def test_an_error_of_ours_is_not_eaten() -> None:
    phone = FakePhone()
    phone.refusals[api.GetCall] = ZeroDivisionError("a bug")
    with pytest.raises(ZeroDivisionError):
        said(a_request("call.get"), phone)


AGENT = api.by_name(api.AGENT_METHODS)


async def _begun(request: api.Request) -> msgspec.Struct:
    assert isinstance(request, api.BeginCall)
    return api.ObservedCall("connected", id="1", rtp=request.rtp, ports={"near": 40000, "far": 40002})


def agent_said(message: str) -> Any:
    answer = asyncio.run(carry_out(message, _begun, methods=AGENT, where="ask docs/agent.md"))
    assert answer is not None
    return json.loads(answer)


def test_methods_of_the_same_name_are_those_of_the_table_that_is_given() -> None:
    params = '{"remote_number":"1002","rtp":"legs"}'
    assert agent_said(a_request("call.start", params))["result"]["ports"] == {"near": 40000, "far": 40002}
    assert said(a_request("call.start", params))["error"]["code"] == PARAMS


def test_whoever_asks_for_a_method_of_another_table_is_told_where_the_methods_are() -> None:
    error = agent_said(a_request("phone.get"))["error"]
    assert error == {"code": NO_METHOD, "message": "there is no method 'phone.get': ask docs/agent.md"}
    assert said(a_request("status.get"))["error"]["message"].endswith("'status.get': see /openapi.json")


@pytest.mark.parametrize("id_", [None, 7])
def test_a_refusal_can_be_said_without_a_request(id_: int | None) -> None:
    assert json.loads(refused(Refusal(PARSE, "the line is too long"), id_)) == {
        "jsonrpc": "2.0",
        "id": id_,
        "error": {"code": PARSE, "message": "the line is too long"},
    }


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200)))
def test_whatever_comes_is_answered_or_refused(message: str | bytes) -> None:
    answer = said(message)
    assert answer is None or ("error" in answer) != ("result" in answer)


@pytest.mark.parametrize("id_", ["null", "1.5", "-7", '"x"', '""'])
def test_whatever_id_a_request_has_comes_back(id_: str) -> None:
    answer = said(a_request("phone.get", id_=id_))
    assert "result" in answer and answer["id"] == json.loads(id_)


def test_a_request_without_an_id_is_not_answered() -> None:
    phone = FakePhone()
    assert asyncio.run(carry_out('{"jsonrpc":"2.0","method":"phone.get"}', phone.answer)) is None
    assert phone.asked == [api.GetPhone()]
