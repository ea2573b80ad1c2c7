"""Draws docs/record-key.md from the record key's table: `python docs/draw_record_key.py > docs/record-key.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from phone_recorder.recording.record_key import TABLE, Action, Event, Key

HEAD = """# The record key

Drawn by `docs/draw_record_key.py` from the table in `phone_recorder/recording/record_key.py`; a test compares them.
An arrow says what happens, and what the recorder then does. What is not drawn changes nothing.
"""


def arrows() -> Iterator[str]:
    """One arrow for all the events that lead from one state to another with one action."""
    events: dict[tuple[Key, Key, Action], list[str]] = {}
    for key, row in TABLE.items():
        for event, (after, action) in row.items():
            if (after, action) != (key, Action.NONE):
                events.setdefault((key, after, action), []).append(event.value)
    for (key, after, action), names in events.items():
        yield f"    {key.value} --> {after.value}: {', '.join(names)} / {action.value}"


def rows() -> Iterator[str]:
    """The table: a row for each event, a column for each state."""
    yield f"| event | {' | '.join(key.value for key in Key)} |"
    yield "|---" * (len(Key) + 1) + "|"
    for event in Event:
        cells = (TABLE[key][event] for key in Key)
        yield f"| {event.value} | {' | '.join(f'{after.value}: {action.value}' for after, action in cells)} |"


def picture() -> str:
    """The whole page."""
    start = f"    [*] --> {next(iter(Key)).value}"
    return "\n".join([HEAD, "```mermaid", "stateDiagram-v2", start, *arrows(), "```", "", *rows(), ""])


if __name__ == "__main__":
    sys.stdout.write(picture())
