"""Places where something is wrong, as they are drawn."""

from __future__ import annotations

from phone_recorder.harness.report.axis import INNER, LEFT, WIDTH
from phone_recorder.harness.report.blamed import Place
from phone_recorder.harness.report.faults import MOST, NARROWEST, ROWS, Fault, faults
from phone_recorder.recording.units import SECOND

WHOLE = 4 * SECOND


def test_a_place_is_drawn_on_the_axis_of_the_recording() -> None:
    assert faults([Place(SECOND, 3 * SECOND, "text", "label")], WHOLE) == (
        Fault(LEFT + INNER / 4, INNER / 2, "text", "label", 1, False),
    )


def test_an_instant_can_be_seen_and_an_open_end_is_the_last() -> None:
    instant, rest = faults([Place(SECOND, SECOND, "", ""), Place(SECOND, None, "", "")], WHOLE)
    assert (instant.width, rest.x + rest.width) == (NARROWEST, LEFT + INNER)


def test_labels_stand_below_each_other_and_end_within_the_drawing() -> None:
    made = faults([Place(3 * SECOND, WHOLE, "", str(number)) for number in range(MOST + 2)], WHOLE)
    assert [(fault.label, fault.row) for fault in made[:ROWS]] == [(str(number), number + 1) for number in range(ROWS)]
    assert [fault.label for fault in made[ROWS:]] == [""] * (MOST - ROWS)
    assert all(fault.before for fault in made)


def test_labels_can_be_left_out() -> None:
    assert [fault.label for fault in faults([Place(0, None, "text", "label")], WHOLE, labelled=False)] == [""]


def test_what_is_beyond_the_recording_is_at_its_edge() -> None:
    (fault,) = faults([Place(9 * SECOND, None, "", "")], WHOLE)
    assert LEFT <= fault.x <= WIDTH and fault.width >= NARROWEST
