"""What waits for one who reads slowly: in what order, and how much."""

from __future__ import annotations

import json

from phone_recorder import control_api as api
from phone_recorder.agent.outbox import MOST_EVENTS, Outbox


def a_call(id_: str, state: api.CallState = "connected") -> api.Event:
    return api.Event("call", api.ObservedCall(state, id=id_))


def all_of(outbox: Outbox, size: int = 1000) -> bytes:
    """Everything, so many bytes at a time."""
    data = b""
    while piece := bytes(outbox.next()[:size]):
        data += piece
        outbox.sent(len(piece))
    return data


def test_answers_go_before_events_and_each_is_a_line() -> None:
    for size in (1, 7, 1000):
        outbox = Outbox()
        outbox.tell(a_call("1"))
        outbox.answer(b"one")
        outbox.answer(b"two")
        first, second, third = all_of(outbox, size).splitlines()
        assert (first, second) == (b"one", b"two")
        told = json.loads(third)
        assert (told["jsonrpc"], told["method"], told["params"]["event"]) == ("2.0", "event", "call")
        assert told["params"]["data"]["id"] == "1" and "id" not in told
        assert bytes(outbox.next()) == b""


def test_a_line_that_has_partly_gone_goes_on_whatever_comes() -> None:
    outbox = Outbox()
    outbox.tell(a_call("1"))
    line = bytes(outbox.next())
    outbox.sent(10)
    outbox.tell(a_call("1", "held"))
    outbox.answer(b"one")
    outbox.forget_events()
    assert all_of(outbox) == line[10:] + b"one\n"


def test_what_was_not_read_is_counted() -> None:
    outbox = Outbox()
    outbox.answer(b"x" * 99)
    outbox.answer(b"x" * 99)
    assert outbox.unread == 200
    outbox.next()
    outbox.sent(50)
    assert outbox.unread == 150
    all_of(outbox)
    assert outbox.unread == 0


def test_the_newest_event_of_a_kind_and_a_call_takes_the_place_of_the_older() -> None:
    outbox = Outbox()
    for event in (a_call("1"), a_call("2"), a_call("1", "held")):
        outbox.tell(event)
    for call in ("1", "2", "2"):
        outbox.tell(api.Event("record", api.RecordState("idle", "idle", "", "", "off", call=call)))
    told = [json.loads(line)["params"]["data"] for line in all_of(outbox).splitlines()]
    assert [(data.get("id"), data.get("call"), data.get("state")) for data in told] == [
        ("2", None, "connected"),
        ("1", None, "held"),
        (None, "1", None),
        (None, "2", None),
    ]


def test_there_are_no_more_events_than_that_and_the_newest_stay() -> None:
    outbox = Outbox()
    for number in range(MOST_EVENTS + 50):
        outbox.tell(a_call(str(number)))
    told = [json.loads(line)["params"]["data"]["id"] for line in all_of(outbox).splitlines()]
    assert told == [str(number) for number in range(50, MOST_EVENTS + 50)]
