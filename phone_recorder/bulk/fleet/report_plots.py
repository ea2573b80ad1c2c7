"""Which plots a page has, and of which columns each is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.report_course import Course
from phone_recorder.bulk.fleet.report_plot import Curve, Plot
from phone_recorder.bulk.fleet.report_series import Value, columns_of, rows
from phone_recorder.bulk.fleet.report_words import duration, rate, share

MOST_ROWS = 60
"""Of a table beside a plot."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """A plot before there are values: the names of its lines, and the column of each."""

    title: str
    write: Callable[[float], str]
    columns: Mapping[str, str]
    marks: bool = False
    """Whether the seconds in which the fleet itself was the limit are shaded."""


def _latency(title: str, name: str) -> Sketch:
    each, far = f"{name}_mean_s", "so far"
    return Sketch(
        title,
        duration,
        {"mean of each second": each, f"p50 {far}": f"{name}_p50_s", f"p99 {far}": f"{name}_p99_s"},
    )


SKETCHES = (
    Sketch(
        "Phones by state",
        lambda value: f"{value:,.0f}" if value == int(value) else "",
        {"talking": "talking", "connecting": "connecting", "ending": "ending"},
    ),
    Sketch(
        "Recordings a second",
        rate,
        {"attempted": "attempted_per_s", "started": "started_per_s", "failed": "failed_per_s"},
    ),
    _latency("Start latency", "start_latency"),
    _latency("Stop latency", "stop_latency"),
    Sketch("Packets sent a second", rate, {"packets": "packets_per_s"}),
    _latency("Lateness of packets", "lateness"),
    _latency("Lateness of this process's ticks", "loop_lag"),
    Sketch("Use of a core by this process", share, {"share of a core": "cpu_share"}, marks=True),
)


LOCAL_SKETCHES = (
    Sketch(
        "Frames lost and wrong so far", lambda value: f"{value:,.0f}", {"lost": "frames_lost", "wrong": "frames_wrong"}
    ),
)
"""Where a fleet records by itself."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a plot shows, in cells; `every` tells that of so many rows one is here."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    every: int = 1


def plots(course: Course, plan: FleetPlan) -> Iterator[tuple[Plot, Table]]:
    """Each with its table."""
    values = list(rows(course, columns_of(plan)))
    for sketch in SKETCHES + (LOCAL_SKETCHES if plan.local else ()):
        curves = tuple(
            Curve(name, [(_number(row["at_s"]) or 0.0, _number(row[column])) for row in values])
            for name, column in sketch.columns.items()
        )
        yield (
            Plot(sketch.title, curves, sketch.write, tuple(_limited(values)) if sketch.marks else ()),
            _table(sketch, values),
        )


def _table(sketch: Sketch, values: Sequence[dict[str, Value]]) -> Table:
    every = -(-len(values) // MOST_ROWS) or 1
    cells = tuple(
        (f"{_number(row['at_s']) or 0.0:.0f}", *(_cell(sketch, row[column]) for column in sketch.columns.values()))
        for row in values[::every]
    )
    return Table(("second", *sketch.columns), cells, every)


def _cell(sketch: Sketch, value: Value) -> str:
    number = _number(value)
    return "" if number is None else sketch.write(number)


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _limited(values: Sequence[dict[str, Value]]) -> Iterator[tuple[float, float]]:
    """From second to second, while there was a bottleneck."""
    before = 0.0
    for row in values:
        at = _number(row["at_s"]) or 0.0
        if row["bottleneck"]:
            yield before, at
        before = at
