"""Places of a recording where something is wrong, as its drawing shows them. Numbers only; a template draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from phone_recorder.harness.report.axis import WIDTH, Axis
from phone_recorder.harness.report.blamed import Place

MOST = 8
"""In one recording."""
ROWS = 4
"""Of labels; the waveform has room for so many."""
NARROWEST = 2.0


@dataclass(frozen=True, slots=True)
class Fault:
    """A stretch of the drawing. `row` is where its label stands, counted from 1; `before`: it ends with the stretch."""

    x: float
    width: float
    text: str
    label: str = ""
    row: int = 1
    before: bool = False


def faults(places: Sequence[Place], whole: int, labelled: bool = True) -> tuple[Fault, ...]:
    """The places in a recording of `whole` units. Labels beyond the last row are left out; the text says it all."""
    axis = Axis(max(whole, 1))
    return tuple(_fault(axis, place, row, labelled) for row, place in enumerate(places[:MOST], 1))


def _fault(axis: Axis, place: Place, row: int, labelled: bool) -> Fault:
    x = axis.x(place.start)
    width = axis.x(axis.whole if place.end is None else place.end) - x
    label = place.label if labelled and row <= ROWS else ""
    return Fault(x, round(max(width, NARROWEST), 1), place.text, label, row, x > WIDTH / 2)
