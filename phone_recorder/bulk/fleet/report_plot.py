"""A plot of some columns over the time of a run, as SVG that stands in a page and takes its colours from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from phone_recorder.bulk.fleet.report_words import clock

WIDTH, HEIGHT = 960, 190
LEFT, RIGHT, TOP, BOTTOM = 76, 20, 10, 24
"""Room beside the drawing, for what is written at its axes."""
MOST_POINTS = 400
"""Of a line. Of more the highest of each few is drawn, so that no peak is lost."""
_INNER_WIDTH, _INNER_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
_MOST_LABELS = 8
_STEPS = (1, 2, 5)
_TIME_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)

Points = Sequence[tuple[float, float | None]]
"""Seconds of the run, and the value then; None where there was none."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One line and what it is called."""

    name: str
    points: Points


@dataclass(frozen=True, slots=True)
class Plot:
    """`write` tells a value at its axis. `marked` are spans of time that are shaded."""

    title: str
    curves: tuple[Curve, ...]
    write: Callable[[float], str]
    marked: tuple[tuple[float, float], ...] = ()


def drawn(plot: Plot) -> str:
    """The whole `svg`."""
    scale = _Scale.of(plot)
    parts = [
        *(scale.span(*one) for one in plot.marked),
        *scale.grid(plot.write),
        *(f'<path class="line c{number}" d="{scale.path(curve)}"/>' for number, curve in enumerate(plot.curves)),
    ]
    label = escape(f"{plot.title}: {', '.join(curve.name for curve in plot.curves)}")
    inside = "\n".join(parts)
    return f'<svg class="drawing" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">\n{inside}\n</svg>'


def thinned(points: Points, most: int = MOST_POINTS) -> list[tuple[float, float | None]]:
    """At most about so many points: of each few neighbours the highest, at its own time."""
    few = -(-len(points) // most) or 1
    groups = (points[begin : begin + few] for begin in range(0, len(points), few))
    return [max(group, key=lambda one: -math.inf if one[1] is None else one[1]) for group in groups]


def round_steps(top: float, most: int) -> float:
    """The least of 1, 2, 5, 10, 20, ... (and of 0.5, 0.2, ...) that goes into `top` not more than so many times."""
    if top <= 0:
        return 1.0
    exponent = math.floor(math.log10(top / most))
    candidates = (step * 10.0**power for power in (exponent, exponent + 1) for step in _STEPS)
    return next(step for step in candidates if top / step <= most)


@dataclass(frozen=True, slots=True)
class _Scale:
    seconds: float
    top: float
    step: float

    @classmethod
    def of(cls, plot: Plot) -> _Scale:
        points = [point for curve in plot.curves for point in curve.points]
        highest = max((value for _, value in points if value is not None), default=0.0)
        step = round_steps(highest, 4)
        top = max(math.ceil(highest / step - 1e-9), 1) * step
        return cls(max((at for at, _ in points), default=0.0) or 1.0, top, step)

    def x(self, at: float) -> float:
        return round(LEFT + _INNER_WIDTH * min(max(at / self.seconds, 0.0), 1.0), 1)

    def y(self, value: float) -> float:
        return round(TOP + _INNER_HEIGHT * (1 - min(max(value / self.top, 0.0), 1.0)), 1)

    def grid(self, write: Callable[[float], str]) -> Iterator[str]:
        right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
        for number in range(round(self.top / self.step) + 1):
            y = self.y(number * self.step)
            yield f'<path class="grid" d="M{LEFT} {y}H{right}"/>'
            yield f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{escape(write(number * self.step))}</text>'
        step = next((one for one in _TIME_STEPS if self.seconds / one <= _MOST_LABELS), _TIME_STEPS[-1])
        for at in range(0, int(self.seconds) + 1, step):
            x = self.x(at)
            yield f'<path class="grid" d="M{x} {bottom}v4"/>'
            yield f'<text x="{x}" y="{HEIGHT - 6}" text-anchor="middle">{clock(at)}</text>'

    def path(self, curve: Curve) -> str:
        """A piece for each stretch without a hole; a point alone is a line of no length, whose round ends are seen."""
        pieces = []
        for there, group in groupby(thinned(curve.points), key=lambda one: one[1] is not None):
            if there:
                places = [f"{self.x(at)} {self.y(value)}" for at, value in group if value is not None]
                pieces.append(f"M{'L'.join(places)}" if len(places) > 1 else f"M{places[0]}h0")
        return "".join(pieces)

    def span(self, since: float, until: float) -> str:
        x = self.x(since)
        return (
            f'<rect class="span" x="{x}" y="{TOP}" width="{max(self.x(until) - x, 1):.1f}" height="{_INNER_HEIGHT}"/>'
        )
