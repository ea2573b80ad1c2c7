"""Thresholds: `start_p99>500ms` is met when that figure is above that value. One comparison each."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from phone_recorder.bulk.fleet.report_course import Measured
from phone_recorder.bulk.fleet.report_words import duration, share
from phone_recorder.bulk.fleet.threshold_figures import FIGURES, OF_A_SPREAD, SPREADS, Figure, Kind
from phone_recorder.errors import UsageError
from phone_recorder.wire.printable import printable

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
_FORM = re.compile(rf"\s*(\w+)\s*({'|'.join(COMPARISONS)})\s*([0-9]{{1,12}}(?:\.[0-9]{{1,9}})?)\s*([a-z/%]{{0,3}})\s*")
_LONGEST = 60
_WRITTEN: Mapping[Kind, Callable[[float], str]] = {
    Kind.TIME: duration,
    Kind.COUNT: lambda value: f"{value:,.0f}",
    Kind.SHARE: share,
    Kind.RATE: lambda value: f"{value:,.1f}/s",
}


@dataclass(frozen=True, slots=True)
class Threshold:
    """`text` is as it was written, `limit` in seconds, or a number, a share of 1, or a number a second."""

    text: str
    figure: Figure
    comparison: str
    limit: float

    def judge(self, measured: Measured) -> Verdict:
        """Whether it is met."""
        value = self.figure.value(measured)
        return Verdict(self, value, value is not None and COMPARISONS[self.comparison](value, self.limit))


@dataclass(frozen=True, slots=True)
class Verdict:
    """`value` is None if nothing was measured that could be compared; then it is not met, and not passed either."""

    threshold: Threshold
    value: float | None
    met: bool

    @property
    def passed(self) -> bool:
        """Whether all is well: not met, and seen not to be."""
        return self.value is not None and not self.met

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.threshold.text} cannot be told: nothing was measured"
        value = _WRITTEN[self.threshold.figure.kind](self.value)
        return f"{self.threshold.text} is {'met' if self.met else 'not met'}: {value}"


def parse_threshold(text: str, figures: Mapping[str, Figure] = FIGURES) -> Threshold:
    """A threshold; UsageError says what to write instead."""
    found = _FORM.fullmatch(text)
    if not found:
        raise UsageError(
            f"{_short(text)} is no threshold: write a figure, one of {' '.join(COMPARISONS)}, and a number,"
            " such as 'start_p99>500ms' or 'failed_share>1%'"
        )
    name, comparison, number, unit = found.groups()
    if name not in figures:
        raise UsageError(f"{_short(name)} is no figure: known are {known(figures)}")
    kind = figures[name].kind
    if unit not in kind.units and (unit or float(number)):
        raise UsageError(f"{_short(text)}: {name} is {kind.what}, so write it as one, such as {kind.such_as}")
    return Threshold(text.strip(), figures[name], comparison, float(number) * kind.units.get(unit, 1.0))


def known(figures: Mapping[str, Figure]) -> str:
    """Their names, in a sentence that can be read."""
    ends = ", ".join(OF_A_SPREAD)
    spreads = ", ".join(f"{one}_" for one in SPREADS)
    others = [name for name in figures if name.partition("_")[0] not in SPREADS]
    return f"{spreads} each with one of {ends}; {', '.join(others)}"


def _short(text: str) -> str:
    return repr(printable(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."))
