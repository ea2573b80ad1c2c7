"""One client of the control socket: in whatever pieces it asks, in what order it is answered, and when it leaves."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from phone_recorder import control_api as api
from phone_recorder.agent.client import MOST_ASKED
from phone_recorder.agent.service import INTERNAL
from phone_recorder.control_api.json_rpc import INVALID, NO_METHOD, PARAMS, PARSE, REFUSED
from phone_recorder.errors import DriveGone
from tests.agent.control_rig import Rig, kinds, line, rigged


@pytest.fixture
def rig() -> Iterator[Rig]:
    with rigged() as rig:
        yield rig


PARAMETERS: dict[str, dict[str, object]] = {
    "recordings.delete": {"name": "x"},
    "recordings.export": {"name": "x"},
    "settings.set": {"values": {}},
}
"""Of methods that need some."""


def code(told: dict[str, Any]) -> int:
    return int(told["error"]["code"])


def test_a_request_is_answered_in_a_line(rig: Rig) -> None:
    caller = rig.caller()
    caller.ask("call.start", {"remote_number": "1002", "rtp": "legs"}, 7)
    rig.settle()
    assert caller.data.endswith(b"}\n") and caller.data.count(b"\n") == 1
    (told,) = caller.told
    assert (told["jsonrpc"], told["id"], told["result"]["id"]) == ("2.0", 7, "1")
    assert rig.agent.done == [api.BeginCall(remote_number="1002", rtp="legs")]


@pytest.mark.parametrize("method", api.AGENT_METHODS, ids=lambda method: method.name)
def test_every_method_of_the_agent_is_there(rig: Rig, method: api.Method) -> None:
    caller = rig.caller()
    caller.ask(method.name, PARAMETERS.get(method.name, {}))
    rig.settle()
    assert [type(request) for request in rig.agent.done] == [method.request]
    assert set(caller.told[0]) == {"jsonrpc", "id", "result"}


def test_the_bytes_of_a_request_may_come_one_at_a_time(rig: Rig) -> None:
    caller = rig.caller()
    for byte in line("status.get") + line("call.list", id_=2):
        caller.send(bytes([byte]))
        rig.settle(2)
    rig.settle()
    assert caller.ids == [1, 2]


def test_several_requests_may_come_together(rig: Rig) -> None:
    caller = rig.caller()
    caller.send(b"".join(line("status.get", id_=number) for number in range(500)) + line("status.get", id_=500)[:-1])
    rig.settle(100)
    assert caller.ids == list(range(500))
    caller.send(b"\n")
    rig.settle()
    assert caller.ids[-1] == 500


def test_half_a_request_and_then_silence_is_waited_for(rig: Rig) -> None:
    silent, other = rig.caller(), rig.caller()
    silent.send(line("status.get")[:20])
    rig.reactor.skew_s += 3600
    other.ask("status.get")
    rig.settle()
    assert (silent.data, silent.ended, other.ids) == (b"", False, [1])
    silent.send(line("status.get")[20:])
    rig.settle()
    assert silent.ids == [1]


def test_a_client_that_only_closes_its_own_direction_gets_its_answers_and_needs_no_newline(rig: Rig) -> None:
    rig.agent.held[api.ListDrives] = Future()
    caller = rig.caller()
    caller.send(line("drives.list") + line("status.get", id_=2)[:-1])
    caller.socket.shutdown(socket.SHUT_WR)
    rig.settle()
    assert (caller.ids, caller.ended) == ([2], False)
    rig.agent.held[api.ListDrives].set_result(None)
    rig.settle()
    assert (caller.ids, caller.ended, rig.control.connections) == ([2, 1], True, 0)


def test_a_client_that_leaves_without_a_word_is_no_more(rig: Rig) -> None:
    caller = rig.caller()
    rig.settle()
    assert rig.control.connections == 1
    caller.leave()
    rig.settle()
    assert rig.control.connections == 0


REFUSED_LINES = [
    (b"", PARSE),
    (b"{", PARSE),
    (b"\x00" * 100, PARSE),
    (b"\xff\xfe\xfd", PARSE),
    (b"GET / HTTP/1.1\r", PARSE),
    (b'{"id":1,"method":"\xff"}', PARSE),
    (b"[" * 60_000, INVALID),
    (b'{"id":1,"method":"status.get","params":' + b"[" * 60_000 + b"}", PARSE),
    (b"[]", INVALID),
    (b"7", INVALID),
    (b'{"id":' + b"9" * 60_000 + b',"method":"status.get"}', INVALID),
    (b'{"id":1,"method":"phone.get"}', NO_METHOD),
    (b'{"id":1,"method":"record.press","params":{"event":"x"}}', PARAMS),
    (b'{"id":1,"method":"status.get","params":{"x":1}}', PARAMS),
    (b'{"id":1,"method":"events.watch","params":{"events":["phone"]}}', PARAMS),
    (b'{"id":1,"method":"events.watch"}', PARAMS),
]


@pytest.mark.parametrize(("data", "expected"), REFUSED_LINES, ids=range(len(REFUSED_LINES)))
def test_what_is_no_request_is_refused_and_the_next_is_answered(rig: Rig, data: bytes, expected: int) -> None:
    caller = rig.caller()
    caller.send(data + b"\n" + line("status.get", id_=2))
    rig.settle()
    refusal, answer = caller.told
    assert code(refusal) == expected and refusal["error"]["message"].isprintable()
    assert answer["id"] == 2 and len(rig.agent.asked) == 1


def test_whoever_asks_for_no_method_is_told_what_there_is(rig: Rig) -> None:
    caller = rig.caller()
    caller.ask("no.such")
    rig.settle()
    sentence = caller.told[0]["error"]["message"]
    assert sentence.startswith("there is no method 'no.such': there are status.get, call.list, ")
    assert sentence.endswith(", settings.set, events.watch")


def test_a_huge_id_comes_back(rig: Rig) -> None:
    caller, id_ = rig.caller(), "x" * 60_000
    caller.send(json.dumps({"id": id_, "method": "status.get"}).encode() + b"\n")
    rig.settle()
    assert caller.ids == [id_]


def test_a_notification_is_carried_out_and_not_answered(rig: Rig) -> None:
    caller = rig.caller()
    caller.send(line("record.press", id_=None) + line("no.such", id_=None) + line("status.get", id_=2))
    rig.settle()
    assert caller.ids == [2] and kinds(rig.agent.done) == ["PressRecord", "GetStatus"]


@pytest.mark.parametrize("size", [65537, 1 << 20])
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_line_that_is_too_long_is_refused_and_the_client_closed(rig: Rig, size: int, end: bytes) -> None:
    caller = rig.caller()
    data = b"x" * size + end
    while data and not caller.ended:
        try:
            data = data[caller.socket.send(data[:16384]) :]
        except (BlockingIOError, BrokenPipeError, ConnectionResetError):
            rig.settle(1)
    rig.settle()
    (told,) = caller.told
    assert (told["id"], code(told)) == (None, PARSE)
    assert told["error"]["message"] == "a line has more than 64 KiB: send requests that are shorter"
    assert caller.ended and rig.control.connections == 0 and rig.agent.asked == []
    assert "a line that is too long" in rig.said.getvalue()


def test_a_line_may_be_as_long_as_it_may(rig: Rig) -> None:
    caller, request = rig.caller(), line("status.get")[:-1]
    caller.send(request + b" " * (65536 - len(request)) + b"\n")
    rig.settle()
    assert caller.ids == [1]


def test_requests_are_answered_in_the_order_in_which_they_are_done(rig: Rig) -> None:
    rig.agent.held[api.ListDrives] = Future()
    caller = rig.caller()
    caller.send(line("drives.list") + line("status.get", id_=2))
    rig.settle()
    assert caller.ids == [2]
    rig.agent.held[api.ListDrives].set_result(None)
    rig.settle()
    assert caller.ids == [2, 1]


def test_keys_and_calls_are_carried_out_one_after_the_other_as_they_came(rig: Rig) -> None:
    rig.agent.held[api.BeginCall] = Future()
    caller = rig.caller()
    methods = ("call.start", "record.press", "call.change", "record.press", "call.end", "status.get")
    caller.send(b"".join(line(method, id_=number) for number, method in enumerate(methods)))
    rig.settle()
    assert kinds(rig.agent.asked) == ["BeginCall", "GetStatus"]
    rig.agent.held.pop(api.BeginCall).set_result(None)
    rig.settle()
    assert kinds(rig.agent.done) == ["GetStatus", "BeginCall", "PressRecord", "ChangeCall", "PressRecord", "FinishCall"]
    assert caller.ids == [5, 0, 1, 2, 3, 4]


def test_a_key_that_is_refused_does_not_hold_up_the_next(rig: Rig) -> None:
    rig.agent.results[api.PressRecord] = DriveGone("the drive was removed")
    caller = rig.caller()
    caller.send(line("record.press") + line("call.end", id_=2))
    rig.settle()
    first, second = caller.told
    assert first["error"] == {"code": REFUSED, "message": "the drive was removed"}
    assert second["id"] == 2 and "result" in second


def test_a_request_is_carried_out_although_its_client_has_left(rig: Rig) -> None:
    held = rig.agent.held[api.BeginCall] = Future()
    caller = rig.caller()
    caller.send(line("call.start") + line("record.press", id_=2))
    rig.settle()
    caller.leave()
    rig.settle()
    held.set_result(None)
    rig.settle()
    assert kinds(rig.agent.done) == ["BeginCall", "PressRecord"] and rig.control.connections == 0


def test_all_that_a_client_has_sent_before_it_left_is_carried_out(rig: Rig) -> None:
    caller = rig.caller(reads=False)
    caller.send(b"".join(line("record.press", id_=number) for number in range(500)))
    caller.leave()
    rig.settle(200)
    assert len(rig.agent.done) == 500 and rig.control.connections == 0


def test_a_bug_is_logged_and_ends_nothing(rig: Rig) -> None:
    rig.agent.results[api.GetStatus] = ZeroDivisionError("oops\r\nerror: forged")
    caller = rig.caller()
    caller.send(line("status.get") + line("status.get", id_=2) + line("call.list", id_=3))
    rig.settle()
    assert [code(told) for told in caller.told[:2]] == [INTERNAL, INTERNAL] and caller.ids == [1, 2, 3]
    (said,) = rig.said.getvalue().splitlines()
    assert said.startswith("error: a bug of the agent, GetStatus: ZeroDivisionError TIMES=1 TEXT=")
    assert "control_rig.py:" in said


def test_an_answer_that_is_no_json_is_a_bug_too(rig: Rig) -> None:
    rig.agent.results[api.GetStatus] = api.RecordState("", "idle", "", "", "off", [{"x": object()}])
    caller = rig.caller()
    caller.send(line("status.get") + line("call.list", id_=3))
    rig.settle()
    assert code(caller.told[0]) == INTERNAL and caller.ids == [None, 3]


def test_no_more_than_a_hundred_requests_wait_and_the_rest_is_not_lost(rig: Rig) -> None:
    held = rig.agent.held[api.ListDrives] = Future()
    caller = rig.caller()
    caller.send(b"".join(line("drives.list", id_=number) for number in range(250)))
    rig.settle(100)
    assert len(rig.agent.asked) == MOST_ASKED
    del rig.agent.held[api.ListDrives]
    held.set_result(None)
    rig.until(lambda: len(caller.ids) == 250)
    assert sorted(caller.ids) == list(range(250))
