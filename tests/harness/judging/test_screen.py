"""Expectations of the screen: where each holds, and what it says where it does not."""

from __future__ import annotations

from typing import Any

import pytest

from phone_recorder.control_api import DssKey
from phone_recorder.harness.judging.screen import shown
from phone_recorder.harness.scenario.expected import ScreenIs
from phone_recorder.recording.units import SECOND
from tests.harness.judging.evidence import MENU, around, screen, told_of

TWO_SECONDS = around(2 * SECOND, 1600, "2 s ± 200 ms")
FAILED = {"screen": screen(icon="failed", timer="00:02", prompt="Recording failed: the drive is full")}
RECORD, BLINKING = DssKey("record", "Record", "on"), DssKey("record", "Record", "blinking")
NO_RECORD_KEY = {"screen": screen(dss=())}
SHOWN = (
    '"BX5S 1001 Near Party", "Mon 2 Mar 10:00", "Far Party 1002", "00:10", "00:02", "12 min", "Recording", "Hold",'
    ' "Stop", "End", "Pause", "Record"'
)


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        (ScreenIs(icon="recording"), {}),
        (ScreenIs(prompt="Recording"), {}),
        (ScreenIs(prompt=""), {"screen": screen(prompt="")}),
        (ScreenIs(prompt="the drive is full"), FAILED),
        (ScreenIs(lamp="on"), {}),
        (ScreenIs(left=r"/\d+ min/"), {}),
        (ScreenIs(call="Far Party"), {}),
        (ScreenIs(call="00:10"), {}),
        (ScreenIs(call=""), {"screen": screen(call="", call_state="")}),
        (ScreenIs(timer=TWO_SECONDS), {}),
        (ScreenIs(timer=around(0, 0, "0 s")), {"screen": screen(timer=""), "recorded": 0}),
        (ScreenIs(timer=around(0, 0, "00:00")), {"recorded": 0, "screen": screen(timer="00:00")}),
        (ScreenIs(left="12"), {}),
        (ScreenIs(lamp="on"), {"screen": screen(dss=(RECORD, RECORD))}),
        (ScreenIs(shows=("BX5S", "Hold", "Pause", "Mon 2 Mar")), {}),
        (ScreenIs(shows=("Record manager", "Record mode Local")), {"screen": MENU}),
        (ScreenIs(shows_not=("Record manager", "failed")), {}),
        (ScreenIs(icon="recording", prompt="Recording", lamp="on", timer=TWO_SECONDS), {}),
    ],
)
def test_it_is_as_expected(what: ScreenIs, changes: dict[str, Any]) -> None:
    assert told_of(what, **changes) == []


@pytest.mark.parametrize(
    ("what", "changes", "line"),
    [
        (
            ScreenIs(icon="recording"),
            FAILED,
            'screen icon recording: it is failed, "Recording failed: the drive is full"',
        ),
        (ScreenIs(icon="idle"), {"screen": screen(prompt="")}, "screen icon idle: it is recording"),
        (ScreenIs(prompt="Recording saved"), {}, 'screen prompt "Recording saved": it is "Recording"'),
        (ScreenIs(prompt="Recording"), {"screen": screen(prompt="")}, "screen prompt Recording: it is empty"),
        (ScreenIs(prompt=""), {}, 'screen prompt "": it is "Recording"'),
        (ScreenIs(lamp="blinking"), {}, 'screen lamp blinking: it is on, "Recording"'),
        (ScreenIs(lamp="on"), NO_RECORD_KEY, "screen lamp on: none of the phone's keys is set to record"),
        (ScreenIs(left=r"/^\d+ s/"), {}, r'screen left /^\d+ s/: it is "12 min"'),
        (ScreenIs(left="12"), {"screen": screen(left="")}, "screen left 12: it is empty"),
        (ScreenIs(call="Third Party"), {}, 'screen call "Third Party": it is "Far Party 1002 00:10"'),
        (ScreenIs(timer=TWO_SECONDS), {"recorded": 30_000}, 'screen timer 2 s ± 200 ms: it is 3.75 s, "Recording"'),
        (
            ScreenIs(timer=TWO_SECONDS),
            {"recorded": 15_992},
            "screen timer 2 s ± 200 ms: the screen says 00:02 when 1.999 s is recorded",
        ),
        (
            ScreenIs(timer=around(0, 0, "00:00")),
            {"screen": screen(timer=""), "recorded": 0},
            'screen timer 00:00: no timer is shown, "Recording"',
        ),
        (
            ScreenIs(lamp="on"),
            {"screen": screen(dss=(RECORD, BLINKING))},
            'screen lamp on: it is blinking, "Recording"',
        ),
        (ScreenIs(left="2 min"), {}, 'screen left "2 min": it is "12 min"'),
        (
            ScreenIs(shows=("Hold", "Record manager")),
            {},
            f'screen shows "Record manager": it does not stand there; what is shown is {SHOWN}',
        ),
        (ScreenIs(shows_not=("Recording",)), {}, 'screen shows not Recording: it stands in "Recording"'),
        (ScreenIs(shows_not=("Local",)), {"screen": MENU}, 'screen shows not Local: it stands in "Record mode Local"'),
    ],
)
def test_it_says_what_is_seen_instead(what: ScreenIs, changes: dict[str, Any], line: str) -> None:
    assert told_of(what, **changes) == [f"at the end, {line}"]


def test_each_thing_that_is_otherwise_has_a_line() -> None:
    what = ScreenIs(icon="idle", prompt="saved", lamp="on", shows=("Menu",), shows_not=("Hold", "Stop"))
    fields = [line.split(": ")[0].removeprefix("at the end, screen ") for line in told_of(what)]
    assert fields == ["icon idle", "prompt saved", "shows Menu", "shows not Hold", "shows not Stop"]


@pytest.mark.parametrize("hidden", [False, True])
def test_what_is_edited_is_shown_as_the_phone_sends_it(hidden: bool) -> None:
    """A phone sends stars for a secret: one that sends the secret itself shows it."""
    assert "abc" in shown(screen(edit="abc", hidden=hidden))
