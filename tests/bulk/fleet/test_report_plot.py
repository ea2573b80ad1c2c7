from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from phone_recorder.bulk.fleet.report_plot import (
    BOTTOM,
    HEIGHT,
    LEFT,
    MOST_POINTS,
    RIGHT,
    TOP,
    WIDTH,
    Curve,
    Plot,
    Points,
    drawn,
    round_steps,
    thinned,
)
from phone_recorder.bulk.fleet.report_plots import MOST_ROWS, plots
from tests.bulk.fleet.report_runs import PLAN, bad, course_of, second


def plot(*points: tuple[float, float | None], marked: tuple[tuple[float, float], ...] = ()) -> ElementTree.Element:
    return ElementTree.fromstring(
        drawn(Plot("A <plot>", (Curve("a & b", points),), lambda value: f"<{value:g}>", marked))
    )


def line_of(svg: ElementTree.Element) -> str:
    [path] = [one.get("d", "") for one in svg.findall("path") if "line" in one.get("class", "")]
    return path


def test_a_line_goes_from_edge_to_edge() -> None:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    assert line_of(plot((0.0, 0.0), (10.0, 20.0))) == f"M{LEFT}.0 {bottom}.0L{right}.0 {TOP}.0"


def test_where_nothing_was_measured_the_line_has_a_hole() -> None:
    pieces = line_of(plot((0.0, 1.0), (1.0, None), (2.0, 1.0), (3.0, 1.0)))
    assert re.fullmatch(r"M\S+ \S+h0M\S+ \S+L\S+ \S+", pieces)


def test_axes_have_round_values_and_what_is_written_is_escaped() -> None:
    svg = plot((0.0, 0.0), (100.0, 37.0))
    texts = [one.text for one in svg.findall("text")]
    assert texts == ["<0>", "<10>", "<20>", "<30>", "<40>", "0:00", "0:15", "0:30", "0:45", "1:00", "1:15", "1:30"]
    assert svg.get("aria-label") == "A <plot>: a & b"


@pytest.mark.parametrize("points", [(), ((0.0, None),), ((5.0, 0.0),)])
def test_nothing_is_drawn_of_nothing(points: Points) -> None:
    assert len(plot(*points).findall("text")) >= 2


def test_spans_are_shaded() -> None:
    [span] = plot((0.0, 1.0), (10.0, 1.0), marked=((5.0, 10.0),)).findall("rect")
    assert float(span.get("width", 0)) == pytest.approx((WIDTH - LEFT - RIGHT) / 2, abs=0.1)


def test_no_peak_is_lost_of_many_points() -> None:
    points = [(float(at), 1000.0 if at == 77_777 else None if at % 2 else 1.0) for at in range(100_000)]
    few = thinned(points)
    assert len(few) <= MOST_POINTS
    assert (77_777.0, 1000.0) in few
    assert all(value is not None for _, value in few)


@pytest.mark.parametrize(
    ("top", "step"), [(0.0, 1.0), (4.0, 1.0), (4.1, 2.0), (37.0, 10.0), (0.012, 0.005), (1e6, 5e5)]
)
def test_steps_are_round(top: float, step: float) -> None:
    assert round_steps(top, 4) == pytest.approx(step)


def test_plots_of_a_run_have_tables_that_say_the_same() -> None:
    found = list(plots(bad().course, PLAN))
    names = [one.title for one, _ in found]
    assert names[:2] == ["Phones by state", "Recordings a second"]
    states, table = found[0]
    assert states.curves[0].points == [(1.0, 97.0), (2.0, 197.0), (3.0, 297.0), (4.0, 397.0)]
    assert table.head == ("second", "talking", "connecting", "ending")
    assert table.rows[0] == ("1", "97", "3", "0")
    assert found[-1][0].marked == ((1.0, 2.0), (2.0, 3.0))
    assert all(not one.marked for one, _ in found[:-1])


def test_a_table_of_a_long_run_has_one_row_of_several() -> None:
    [*_, (_, table)] = plots(course_of(*(second(float(at)) for at in range(1, 302))), PLAN)
    assert table.every == 6
    assert len(table.rows) <= MOST_ROWS
    assert [row[0] for row in table.rows[:2]] == ["1", "7"]
