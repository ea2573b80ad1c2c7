"""Draws the life of a fleet's phone from its table, as docs/fleet.md has it: `python docs/draw_fleet_phone.py`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from phone_recorder.bulk.fleet.phone_table import TABLE, Action, Event, State


def arrows() -> Iterator[str]:
    """One arrow for all the events that lead from one state to another with one action."""
    yield from (f'    state "{one.value}" as {_id(one)}' for one in State if one.value != _id(one))
    yield f"    [*] --> {_id(next(iter(State)))}"
    events: dict[tuple[State, State, Action], list[str]] = {}
    for state, row in TABLE.items():
        for event, (after, action) in row.items():
            if (after, action) != (state, Action.NOTHING):
                events.setdefault((state, after, action), []).append(event.value)
    for (state, after, action), names in events.items():
        yield f"    {_id(state)} --> {_id(after)}: {', '.join(names)} / {action.value}"
    yield f"    {_id(State.GONE)} --> [*]"


def rows() -> Iterator[str]:
    """The table: a row for each event, a column for each state; empty where that cannot happen."""
    yield f"| event | {' | '.join(state.value for state in State)} |"
    yield "|---" * (len(State) + 1) + "|"
    for event in Event:
        yield f"| {event.value} | {' | '.join(cell(state, event) for state in State)} |"


def cell(state: State, event: Event) -> str:
    """What becomes of it, and what it does."""
    if event not in TABLE[state]:
        return ""
    after, action = TABLE[state][event]
    return f"{after.value}: {action.value}"


def picture() -> str:
    """The diagram, and the table below it."""
    return "\n".join(["```mermaid", "stateDiagram-v2", *arrows(), "```", "", *rows(), ""])


def _id(state: State) -> str:
    return state.name.lower()


if __name__ == "__main__":
    sys.stdout.write(picture())
