"""Every pair of the record key's table, and the picture that is drawn from it."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from phone_recorder.recording.record_key import TABLE, WAITING, Action, Event, Key, turn

DOCS = Path(__file__).parents[2] / "docs"

PAIRS = {
    (Key.IDLE, Event.PRESS): (Key.RECORDING, Action.START),
    (Key.IDLE, Event.START): (Key.RECORDING, Action.START),
    (Key.IDLE, Event.STOP): (Key.IDLE, Action.REFUSE_NOT_RECORDING),
    (Key.IDLE, Event.PAUSE): (Key.IDLE, Action.REFUSE_NOT_RECORDING),
    (Key.IDLE, Event.RESUME): (Key.IDLE, Action.REFUSE_NOT_RECORDING),
    (Key.IDLE, Event.CALL_ENDED): (Key.IDLE, Action.NONE),
    (Key.IDLE, Event.DESTINATION_FAILED): (Key.IDLE, Action.NONE),
    (Key.IDLE, Event.DRIVE_FULL): (Key.IDLE, Action.NONE),
    (Key.IDLE, Event.DRIVE_REMOVED): (Key.IDLE, Action.NONE),
    (Key.RECORDING, Event.PRESS): (Key.IDLE, Action.STOP),
    (Key.RECORDING, Event.START): (Key.RECORDING, Action.REFUSE_RECORDING),
    (Key.RECORDING, Event.STOP): (Key.IDLE, Action.STOP),
    (Key.RECORDING, Event.PAUSE): (Key.PAUSED, Action.PAUSE),
    (Key.RECORDING, Event.RESUME): (Key.RECORDING, Action.NONE),
    (Key.RECORDING, Event.CALL_ENDED): (Key.IDLE, Action.STOP),
    (Key.RECORDING, Event.DESTINATION_FAILED): (Key.IDLE, Action.ABANDON),
    (Key.RECORDING, Event.DRIVE_FULL): (Key.IDLE, Action.ABANDON),
    (Key.RECORDING, Event.DRIVE_REMOVED): (Key.IDLE, Action.ABANDON),
    (Key.PAUSED, Event.PRESS): (Key.IDLE, Action.STOP),
    (Key.PAUSED, Event.START): (Key.PAUSED, Action.REFUSE_RECORDING),
    (Key.PAUSED, Event.STOP): (Key.IDLE, Action.STOP),
    (Key.PAUSED, Event.PAUSE): (Key.PAUSED, Action.NONE),
    (Key.PAUSED, Event.RESUME): (Key.RECORDING, Action.RESUME),
    (Key.PAUSED, Event.CALL_ENDED): (Key.IDLE, Action.STOP),
    (Key.PAUSED, Event.DESTINATION_FAILED): (Key.IDLE, Action.ABANDON),
    (Key.PAUSED, Event.DRIVE_FULL): (Key.IDLE, Action.ABANDON),
    (Key.PAUSED, Event.DRIVE_REMOVED): (Key.IDLE, Action.ABANDON),
    (Key.IDLE, Event.SERVER_LOST): (Key.IDLE, Action.NONE),
    (Key.RECORDING, Event.SERVER_LOST): (Key.WAITING, Action.WAIT),
    (Key.PAUSED, Event.SERVER_LOST): (Key.WAITING_PAUSED, Action.WAIT),
    (Key.IDLE, Event.WAITED): (Key.IDLE, Action.NONE),
    (Key.RECORDING, Event.WAITED): (Key.RECORDING, Action.NONE),
    (Key.PAUSED, Event.WAITED): (Key.PAUSED, Action.NONE),
    (Key.WAITING, Event.PRESS): (Key.IDLE, Action.GIVE_UP),
    (Key.WAITING, Event.START): (Key.RECORDING, Action.START),
    (Key.WAITING, Event.STOP): (Key.IDLE, Action.GIVE_UP),
    (Key.WAITING, Event.PAUSE): (Key.WAITING_PAUSED, Action.NONE),
    (Key.WAITING, Event.RESUME): (Key.WAITING, Action.NONE),
    (Key.WAITING, Event.CALL_ENDED): (Key.IDLE, Action.GIVE_UP),
    (Key.WAITING, Event.DESTINATION_FAILED): (Key.WAITING, Action.NONE),
    (Key.WAITING, Event.DRIVE_FULL): (Key.WAITING, Action.NONE),
    (Key.WAITING, Event.DRIVE_REMOVED): (Key.WAITING, Action.NONE),
    (Key.WAITING, Event.SERVER_LOST): (Key.WAITING, Action.NONE),
    (Key.WAITING, Event.WAITED): (Key.RECORDING, Action.RETRY),
    (Key.WAITING_PAUSED, Event.PRESS): (Key.IDLE, Action.GIVE_UP),
    (Key.WAITING_PAUSED, Event.START): (Key.RECORDING, Action.START),
    (Key.WAITING_PAUSED, Event.STOP): (Key.IDLE, Action.GIVE_UP),
    (Key.WAITING_PAUSED, Event.PAUSE): (Key.WAITING_PAUSED, Action.NONE),
    (Key.WAITING_PAUSED, Event.RESUME): (Key.WAITING, Action.NONE),
    (Key.WAITING_PAUSED, Event.CALL_ENDED): (Key.IDLE, Action.GIVE_UP),
    (Key.WAITING_PAUSED, Event.DESTINATION_FAILED): (Key.WAITING_PAUSED, Action.NONE),
    (Key.WAITING_PAUSED, Event.DRIVE_FULL): (Key.WAITING_PAUSED, Action.NONE),
    (Key.WAITING_PAUSED, Event.DRIVE_REMOVED): (Key.WAITING_PAUSED, Action.NONE),
    (Key.WAITING_PAUSED, Event.SERVER_LOST): (Key.WAITING_PAUSED, Action.NONE),
    (Key.WAITING_PAUSED, Event.WAITED): (Key.PAUSED, Action.RETRY_PAUSED),
    (Key.IDLE, Event.PAUSE_IMPOSSIBLE): (Key.IDLE, Action.REFUSE_NOT_RECORDING),
    (Key.RECORDING, Event.PAUSE_IMPOSSIBLE): (Key.RECORDING, Action.REFUSE_PAUSE),
    (Key.PAUSED, Event.PAUSE_IMPOSSIBLE): (Key.PAUSED, Action.NONE),
    (Key.WAITING, Event.PAUSE_IMPOSSIBLE): (Key.WAITING, Action.REFUSE_PAUSE),
    (Key.WAITING_PAUSED, Event.PAUSE_IMPOSSIBLE): (Key.WAITING_PAUSED, Action.NONE),
    (Key.IDLE, Event.START_IMPOSSIBLE): (Key.IDLE, Action.REFUSE_DISABLED),
    (Key.RECORDING, Event.START_IMPOSSIBLE): (Key.RECORDING, Action.REFUSE_RECORDING),
    (Key.PAUSED, Event.START_IMPOSSIBLE): (Key.PAUSED, Action.REFUSE_RECORDING),
    (Key.WAITING, Event.START_IMPOSSIBLE): (Key.WAITING, Action.REFUSE_DISABLED),
    (Key.WAITING_PAUSED, Event.START_IMPOSSIBLE): (Key.WAITING_PAUSED, Action.REFUSE_DISABLED),
}
BEGIN = {Action.START, Action.RETRY, Action.RETRY_PAUSED}
END = {Action.STOP, Action.ABANDON, Action.WAIT}
RUNNING = {Key.RECORDING, Key.PAUSED}


@pytest.mark.parametrize(("key", "event"), [*product(Key, Event)], ids=str)
def test_every_pair_of_the_table(key: Key, event: Event) -> None:
    assert turn(key, event) == PAIRS[key, event]


@pytest.mark.parametrize("key", Key)
def test_the_table_has_every_event_and_no_other(key: Key) -> None:
    assert set(TABLE) == set(Key)
    assert set(TABLE[key]) == set(Event)


def test_a_recording_cannot_run_twice_and_ends_once_for_each_start() -> None:
    for events in product(Event, repeat=4):
        key, running = Key.IDLE, 0
        for each in (*events, Event.CALL_ENDED):
            key, action = turn(key, each)
            running += (action in BEGIN) - (action in END)
            assert running == (key in RUNNING), events
        assert (key, running) == (Key.IDLE, 0)


def test_what_acts_on_a_recording_comes_only_where_there_is_one() -> None:
    acting = {*END, Action.PAUSE, Action.RESUME}
    assert {key for key, row in TABLE.items() for _, action in row.values() if action in acting} == RUNNING


@pytest.mark.parametrize("key", Key)
@pytest.mark.parametrize("event", [Event.CALL_ENDED, Event.DESTINATION_FAILED, Event.DRIVE_FULL, Event.DRIVE_REMOVED])
def test_from_every_state_an_end_leads_to_idle(key: Key, event: Event) -> None:
    assert turn(key, event)[0] is (key if key in WAITING and event is not Event.CALL_ENDED else Key.IDLE)


@pytest.mark.parametrize("key", Key)
def test_no_way_leads_out_of_a_pause_but_the_users(key: Key) -> None:
    paused = {Key.PAUSED, Key.WAITING_PAUSED}
    for event in (Event.SERVER_LOST, Event.WAITED, Event.PAUSE):
        assert turn(key, event)[0] in paused or key not in paused


@pytest.mark.parametrize("key", Key)
@pytest.mark.parametrize("event", [Event.PAUSE_IMPOSSIBLE, Event.START_IMPOSSIBLE])
def test_what_cannot_be_changes_nothing(key: Key, event: Event) -> None:
    assert turn(key, event)[0] is key


def test_the_picture_is_drawn_from_the_table() -> None:
    drawn = subprocess.run(
        [sys.executable, DOCS / "draw_record_key.py"], cwd=DOCS.parent, capture_output=True, text=True, check=True
    ).stdout
    assert (DOCS / "record-key.md").read_text("utf-8") == drawn


def test_the_picture_has_every_pair_that_does_something() -> None:
    text = (DOCS / "record-key.md").read_text("utf-8")
    for (key, event), (after, action) in PAIRS.items():
        cell = f"| {event.value} |"
        assert cell in text
        if (after, action) != (key, Action.NONE):
            arrows = [line for line in text.splitlines() if line.strip().startswith(f"{key.value} --> {after.value}: ")]
            assert any(event.value in line and action.value in line for line in arrows), (key, event)


def test_the_chinese_diagram_is_drawn_from_the_table_too() -> None:
    drawn = subprocess.run(
        [sys.executable, DOCS / "draw_record_key.py", "zh"], capture_output=True, text=True, check=True
    )
    assert drawn.stdout in (DOCS.parent / "README.zh.md").read_text("utf-8")
