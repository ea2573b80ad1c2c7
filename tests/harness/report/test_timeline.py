"""A case on one line of time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.harness.evidence import Evidence, Failure, Passed
from phone_recorder.harness.report.axis import LEFT, WIDTH, Axis
from phone_recorder.harness.report.timeline import MOST_MARKS, MOST_ROWS, Lane, timeline
from phone_recorder.recording.indicator import Indicator
from phone_recorder.recording.units import SECOND
from tests.harness.report.results import evidence, loud, recorded, result, voice

STATES = ("failed", "cut short", "recorded")
AXIS = Axis(2 * SECOND)


def lanes(seen: Evidence, **more: Any) -> dict[str, Lane]:
    drawn = timeline(result("failed", **more), seen)
    return {lane.name: lane for lane in drawn.lanes}


def test_everything_has_its_lane(tmp_path: Path) -> None:
    drawn = lanes(evidence([recorded(tmp_path, loud())]))
    assert list(drawn) == ["steps", "screen", "recordings", "near", "far", "control", "SIP", "expected"]


def test_lanes_stand_below_each_other_without_a_gap() -> None:
    drawn = timeline(result("failed"), evidence())
    places = [(lane.y, lane.y + lane.height) for lane in drawn.lanes]
    assert [top for top, _ in places] == [0, *(bottom for _, bottom in places[:-1])]
    assert drawn.height == places[-1][1]


def test_a_lane_that_would_be_empty_is_left_out() -> None:
    assert "recordings" not in lanes(evidence())
    assert "SIP" not in lanes(evidence(messages=()))


def test_a_step_stands_at_its_time_with_its_text() -> None:
    first, last = lanes(evidence())["steps"].marks
    assert (first.x, first.text, first.label) == (LEFT, "0 s: press: record", "press: record")
    assert (last.x, last.text, last.before) == (AXIS.x(2 * SECOND), "2 s: press: stop", True)


def test_without_what_happened_the_steps_stand_as_they_were_meant() -> None:
    assert [mark.label for mark in lanes(evidence(happened=()))["steps"].marks] == ["press: record", "press: stop"]


def test_labels_do_not_cover_each_other() -> None:
    marks = lanes(evidence(happened=tuple((at, f"step at {at}") for at in (0, 80, 160, 15_900))))["steps"].marks
    assert [mark.row for mark in marks] == [1, 2, 3, 1]


def test_a_label_for_which_no_row_has_room_is_left_out_and_its_mark_stays() -> None:
    marks = lanes(evidence(happened=tuple((at, "press: record") for at in range(20))))["steps"].marks
    assert [mark.label for mark in marks] == ["press: record"] * MOST_ROWS + [""] * (20 - MOST_ROWS)


def test_a_long_label_is_cut_and_its_text_is_whole() -> None:
    (mark,) = lanes(evidence(happened=((0, "x" * 200),)))["steps"].marks
    assert mark.label.endswith("...")
    assert mark.text == f"0 s: {'x' * 200}"


def test_a_screen_lasts_until_the_next() -> None:
    screens = ((0, Indicator("idle")), (SECOND, Indicator("recording", prompt="Recording", lamp="on")))
    bars = lanes(evidence(screens=screens))["screen"].bars
    middle = AXIS.x(SECOND)
    assert [(bar.kind, bar.x, bar.x + bar.width) for bar in bars] == [
        ("idle", LEFT, middle),
        ("recording", middle, AXIS.x(2 * SECOND)),
    ]
    assert bars[1].text == "1 s: recording, lamp on: Recording"


def test_a_recording_is_as_long_as_it_ran_with_its_pauses_in_it(tmp_path: Path) -> None:
    one = replace(recorded(tmp_path, loud(), 1), start=SECOND // 2, pauses=((SECOND, SECOND + 4000),))
    whole, pause = lanes(evidence([one]))["recordings"].bars
    assert (whole.x, round(whole.x + whole.width, 1)) == (AXIS.x(4000), AXIS.x(2 * SECOND))
    assert (pause.kind, pause.x, round(pause.x + pause.width, 1)) == ("paused", AXIS.x(SECOND), AXIS.x(12_000))


def test_a_recording_that_failed_looks_so(tmp_path: Path) -> None:
    one = recorded(tmp_path, loud())
    kinds = [lanes(evidence([replace(one, account={"state": state})]))["recordings"].bars[0].kind for state in STATES]
    assert kinds == ["failed", "recording", "recording"]


def test_a_party_that_was_silent_has_two_bars() -> None:
    said = [one for one in voice(loud()) if not SECOND // 2 < one[0] < SECOND]
    assert len(lanes(evidence(said={"near": said}))["near"].bars) == 2
    assert len(lanes(evidence())["near"].bars) == 1


def test_messages_go_one_way_or_the_other() -> None:
    assert [mark.kind for mark in lanes(evidence())["control"].marks] == ["sent", "received"]
    assert lanes(evidence())["SIP"].marks[0].text.startswith("37.5 ms: INFO sip:1002")


def test_what_was_not_as_expected_is_marked() -> None:
    marks = lanes(evidence())["expected"].marks
    assert [(mark.x, mark.kind) for mark in marks] == [(AXIS.x(SECOND), "wrong"), (AXIS.x(2 * SECOND), "right")]
    assert marks[0].text == "at 1 s, state recording: it is idle"


def test_a_failure_at_the_end_stands_at_the_end() -> None:
    marks = lanes(evidence(), failures=(Failure("files count 1", "there are 2"),))["expected"].marks
    assert [mark.kind for mark in marks] == ["right", "wrong"]


def test_there_are_not_more_marks_than_can_be_drawn() -> None:
    many = tuple(Passed(at, "control", True, "x") for at in range(MOST_MARKS + 50))
    assert len(lanes(evidence(messages=many))["control"].marks) == MOST_MARKS


@pytest.mark.parametrize("lasted", [0, SECOND])
def test_nothing_stands_outside_the_drawing(lasted: int) -> None:
    drawn = timeline(result("failed"), evidence(lasted=lasted))
    places = [mark.x for lane in drawn.lanes for mark in lane.marks]
    places += [x for lane in drawn.lanes for bar in lane.bars for x in (bar.x, bar.x + bar.width)]
    assert all(LEFT <= x <= WIDTH for x in places)
