"""The life of a phone: every pair of state and event."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from phone_recorder.bulk.fleet.phone_table import CONNECTING, ENDING, IDLE, TABLE, TALKING, Action, Event, State

CLOSES = {Action.END, Action.CUT, Action.CUT_BY_RESET, Action.CUT_AFTER_STOP, Action.FAIL, Action.GIVE_UP}
CONNECTED = set(State) - set(IDLE)
DOCS = Path(__file__).parents[3] / "docs"


def test_every_state_is_counted_once() -> None:
    counted = [*CONNECTING, *TALKING, *ENDING, *IDLE]
    assert sorted(counted, key=str) == sorted(State, key=str)


def test_every_state_can_leave_and_be_broken_off() -> None:
    for state in State:
        assert {Event.LEAVE, Event.BREAK_OFF} <= TABLE[state].keys()
        assert TABLE[state][Event.BREAK_OFF][0] in IDLE


def test_whoever_has_a_connection_may_lose_it_and_closes_it_when_the_call_is_over() -> None:
    for state in CONNECTED:
        assert Event.FAILED in TABLE[state]
        for event, (after, action) in TABLE[state].items():
            assert (after in IDLE) == (action in CLOSES), (state, event)


def test_nobody_acts_on_a_connection_without_one() -> None:
    for state in IDLE:
        for event, (after, action) in TABLE[state].items():
            assert action is (Action.CONNECT if after is State.CONNECTING else Action.NOTHING), (state, event)


def test_every_state_and_action_is_reached_from_rest() -> None:
    reached, actions, new = {State.RESTING}, set(), [State.RESTING]
    while new:
        for after, action in TABLE[new.pop()].values():
            actions.add(action)
            if after not in reached:
                reached.add(after)
                new.append(after)
    assert reached == set(State)
    assert actions == set(Action)


def test_gone_is_for_ever() -> None:
    assert {after for after, _ in TABLE[State.GONE].values()} == {State.GONE}


def test_the_picture_is_drawn_from_the_table() -> None:
    drawn = subprocess.run([sys.executable, DOCS / "draw_fleet_phone.py"], capture_output=True, text=True, check=True)
    assert drawn.stdout in (DOCS / "fleet.md").read_text("utf-8"), "run: python docs/draw_fleet_phone.py"


def test_the_picture_has_every_pair_that_does_something_and_no_word_that_breaks_it() -> None:
    lines = (DOCS / "fleet.md").read_text("utf-8").splitlines()
    for state in State:
        for event, (after, action) in TABLE[state].items():
            if (after, action) != (state, Action.NOTHING):
                arrow = f"    {state.name.lower()} --> {after.name.lower()}: "
                label = next(line for line in lines if line.startswith(arrow) and line.endswith(f" / {action.value}"))
                assert event.value in label
                # A label ends at a second colon or a semicolon.
                assert not {":", ";"} & set(label.removeprefix(arrow))
