"""`events.watch`: how things stand, what changes, who does not read, and who wants no more."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from phone_recorder import control_api as api
from phone_recorder.errors import UsageError
from tests.agent.control_rig import Caller, Rig, line, rigged


@pytest.fixture
def rig() -> Iterator[Rig]:
    with rigged() as rig:
        yield rig


def watching(rig: Rig, *events: str, reads: bool = True) -> Caller:
    caller = rig.caller(reads)
    caller.ask("events.watch", {"events": events})
    rig.settle()
    return caller


def a_call(id_: str, state: api.CallState = "connected") -> api.ObservedCall:
    return api.ObservedCall(state, id=id_)


def test_whoever_watches_is_answered_and_told_how_things_stand(rig: Rig) -> None:
    caller = watching(rig, *api.AGENT_EVENTS)
    assert caller.told[0] == {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert caller.told[1]["jsonrpc"] == "2.0" and "id" not in caller.told[1]
    assert [event for event, _ in caller.events] == list(api.AGENT_EVENTS)
    assert caller.events[0][1]["state"] == "idle" and caller.events[1][1]["key"] == "idle"


def test_every_call_there_is_is_told(rig: Rig) -> None:
    rig.agent.results[api.ListCalls] = api.CallList([a_call("1", "held"), a_call("2")])
    caller = watching(rig, "call")
    assert [(data["id"], data["state"]) for _, data in caller.events] == [("1", "held"), ("2", "connected")]


def test_what_is_wanted_is_told_as_it_happens_and_nothing_else(rig: Rig) -> None:
    caller, other = watching(rig, "call"), watching(rig, "drives")
    rig.agent.watchers.tell("call", a_call("1"))
    rig.settle()
    assert [data["id"] for _, data in caller.events] == ["", "1"]
    assert [event for event, _ in other.events] == ["drives"]


def test_a_new_wish_takes_the_place_of_the_old_and_none_ends_it(rig: Rig) -> None:
    caller = watching(rig, "call")
    caller.ask("events.watch", {"events": ["drives"]}, 2)
    rig.settle()
    assert not rig.agent.watchers.wanted("call") and rig.agent.watchers.wanted("drives")
    caller.ask("events.watch", {"events": []}, 3)
    rig.settle()
    assert not rig.agent.watchers.wanted("drives")
    assert [event for event, _ in caller.events] == ["call", "drives"]
    assert caller.told[-1] == {"jsonrpc": "2.0", "id": 3, "result": {}}


def test_whoever_leaves_watches_no_more(rig: Rig) -> None:
    caller = watching(rig, "call")
    assert rig.agent.watchers.wanted("call")
    caller.leave()
    rig.settle()
    assert not rig.agent.watchers.wanted("call")


def test_a_drive_that_hangs_holds_up_nothing_else(rig: Rig) -> None:
    held = rig.agent.held[api.ListDrives] = Future()
    caller = watching(rig, *api.AGENT_EVENTS)
    assert [event for event, _ in caller.events] == ["call", "record", "recordings", "settings"]
    held.set_result(None)
    rig.settle()
    assert caller.events[-1][0] == "drives"


def test_how_things_stood_is_not_told_after_they_have_changed(rig: Rig) -> None:
    held = rig.agent.held[api.ListDrives] = Future()
    caller = watching(rig, "drives")
    rig.agent.watchers.tell("drives", api.DriveList([], "a new one"))
    held.set_result(None)
    rig.settle()
    assert [data["problem"] for _, data in caller.events] == ["a new one"]


def test_how_things_stand_is_not_told_to_one_who_wants_it_no_more(rig: Rig) -> None:
    held = rig.agent.held[api.ListDrives] = Future()
    caller = watching(rig, "drives")
    caller.ask("events.watch", {"events": []}, 2)
    rig.settle()
    held.set_result(None)
    rig.settle()
    assert caller.events == [] and caller.ids == [1, 2]


@pytest.mark.parametrize("error", [UsageError("there is no call"), ZeroDivisionError("a bug")])
def test_what_cannot_be_told_now_keeps_nobody_from_the_rest(rig: Rig, error: Exception) -> None:
    rig.agent.results[api.GetRecording] = error
    caller = watching(rig, "call", "record", "drives")
    assert [event for event, _ in caller.events] == ["call", "drives"]


def test_whoever_does_not_read_finds_the_newest_of_each_kind_and_each_call(rig: Rig) -> None:
    caller = watching(rig, "call", "record", reads=False)
    fill_up(rig, caller)
    for number in range(1000):
        rig.agent.watchers.tell("call", a_call("1", "held" if number % 2 else "connected"))
        rig.agent.watchers.tell("call", a_call("2", "held" if number % 2 else "connected"))
        rig.agent.watchers.tell("record", api.RecordState("recording", "recording", str(number), "", "on"))
    caller.read()
    rig.settle(200)
    last = caller.events[-3:]
    assert [(event, data.get("id"), data.get("state"), data.get("timer")) for event, data in last] == [
        ("call", "1", "held", None),
        ("call", "2", "held", None),
        ("record", None, None, "999"),
    ]
    assert len(caller.events) < 100


def test_calls_that_come_and_go_unread_take_no_room_for_ever(rig: Rig) -> None:
    caller = watching(rig, "call", reads=False)
    fill_up(rig, caller)
    for number in range(10_000):
        rig.agent.watchers.tell("call", a_call(str(number), "ended"))
    caller.read()
    rig.settle(200)
    assert caller.events[-1][1]["id"] == "9999"
    assert [data["id"] for _, data in caller.events][-101:-99] != ["9899", "9900"]


def fill_up(rig: Rig, caller: Caller) -> None:
    """So much is unread that nothing more can be sent."""
    rig.agent.results[api.GetStatus] = api.RecordingList([], "x" * 100_000)
    caller.send(b"".join(line("status.get", id_=2) for _ in range(5)))
    rig.settle(50)
    assert rig.control.connections == 1
