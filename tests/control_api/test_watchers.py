"""Watchers are told what they want, once."""

from __future__ import annotations

import msgspec
import pytest

from phone_recorder.control_api import AGENT_EVENTS, Call, Event, Levels
from phone_recorder.control_api.watchers import Watchers, wished


def test_each_is_told_what_it_wants() -> None:
    watchers, all_, calls = Watchers(), list[Event](), list[Event]()
    watchers.watch(all_.append)
    watchers.watch(calls.append, ("call",))
    watchers.tell("call", Call("connected"))
    watchers.tell("levels", Levels(-20.0))
    assert [event.event for event in all_] == ["call", "levels"]
    assert [event.event for event in calls] == ["call"]


def test_what_has_not_changed_is_told_once() -> None:
    watchers, told = Watchers(), list[Event]()
    watchers.watch(told.append)
    for state in ("ringing", "ringing", "connected", "ringing"):
        watchers.tell("call", Call(state))
    assert [event.data.state for event in told] == ["ringing", "connected", "ringing"]


def test_what_happens_again_is_passed_on_again() -> None:
    watchers, told = Watchers(), list[Event]()
    watchers.watch(told.append)
    watchers.pass_on("call", Call())
    watchers.pass_on("call", Call())
    assert len(told) == 2


def test_whoever_has_left_is_told_nothing_and_wants_nothing() -> None:
    watchers, told = Watchers(), list[Event]()
    leave = watchers.watch(told.append, ("levels",))
    assert watchers.wanted("levels") and not watchers.wanted("call")
    leave()
    leave()
    watchers.tell("levels", Levels())
    assert told == [] and not watchers.wanted("levels")


def test_a_listener_may_leave_while_it_is_told() -> None:
    watchers, told = Watchers(), list[Event]()
    leave = watchers.watch(lambda event: leave())
    watchers.watch(told.append)
    watchers.tell("call", Call())
    assert len(told) == 1


def test_what_stands_for_the_data_says_whether_it_has_changed() -> None:
    watchers, told = Watchers(), list[Event]()
    watchers.watch(told.append)
    for seconds in (0.2, 0.7, 1.1):
        watchers.tell("call", Call("connected", seconds=seconds), int(seconds))
    assert [event.data.seconds for event in told] == [0.2, 1.1]


def test_whoever_raises_has_left() -> None:
    watchers, told = Watchers(), list[Event]()

    def fail(event: Event) -> None:
        raise OSError("gone")

    watchers.watch(fail)
    watchers.watch(told.append)
    with pytest.raises(OSError, match="gone"):
        watchers.pass_on("call", Call())
    watchers.pass_on("call", Call())
    assert len(told) == 1


def test_one_who_comes_later_is_told_the_next_state_even_if_the_others_were_told_it_last() -> None:
    watchers, first, second = Watchers(), list[Event](), list[Event]()
    watchers.watch(first.append)
    watchers.tell("call", Call("connected"))
    watchers.tell("levels", Levels())
    watchers.watch(second.append, ("call",))
    watchers.tell("call", Call("connected"))
    watchers.tell("levels", Levels())
    assert [event.event for event in second] == ["call"]
    assert [event.event for event in first] == ["call", "levels", "call"]


def test_what_is_wished_for_is_among_what_there_is() -> None:
    assert wished({"events": ["call", "call"]}, AGENT_EVENTS) == {"call"}
    assert wished({"events": []}, AGENT_EVENTS) == frozenset()
    with pytest.raises(msgspec.ValidationError, match="there is no event 'levels': there are call, record"):
        wished({"events": ["levels", "call"]}, AGENT_EVENTS)
    wrong: list[object] = [[], {}, {"events": "call"}, {"events": [], "more": 1}]
    for params in wrong:
        with pytest.raises(msgspec.ValidationError):
            wished(params, AGENT_EVENTS)
