"""A table of figures in Markdown: what was measured in some rounds, the peer beside it, and whether a target is met."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

TITLES = ("what", "target", "measured", "beside", "beside : measured", "lost, wrong", "verdict", "what limits it")
MET, MISSED, NOT_MEASURED = "met", "missed", "not measured"


class Line(NamedTuple):
    """What a line is about."""

    what: str
    target: float
    unit: str
    """Of what ours and the peer cost, such as "us a call-second"."""
    whom: str = ""
    """What the target counts, such as "calls"; "" if it is the ratio."""
    peer: str = ""
    goal: str = "{}"
    """The target in words, around its number."""
    cost: str = "{:,.0f}"
    """The format of a cost."""


class Round(NamedTuple):
    """What one round of a line gave. `cost` and `beside`, the peer's, are in the same unit; less is better."""

    cost: float | None = None
    beside: float | None = None
    value: float | None = None
    faults: Mapping[str, int] = {}
    """How many of each kind: what was lost, what is wrong. One is enough to miss the target."""
    frames: int = 0
    """So many were looked at."""
    limit: str = ""
    absent: str = ""
    """Why there is no peer's figure."""

    @property
    def ratio(self) -> float | None:
        """How many times as much as ours the peer costs."""
        return self.beside / self.cost if self.beside is not None and self.cost else None

    @property
    def whole(self) -> bool:
        """Whether there is no fault."""
        return not any(self.faults.values())


@dataclass(slots=True)
class Taken:
    """A line and its rounds; `failure` is why ours came to no end in one of them."""

    line: Line
    rounds: list[Round] = field(default_factory=list)
    failure: str = ""

    @property
    def verdict(self) -> str:
        """Missed if anything was lost, however good the rest is; else by the median of all rounds."""
        if self.failure or not all(each.whole for each in self.rounds):
            return MISSED
        reached = median(self.rounds, value if self.line.whom else ratio)
        if reached is None:
            return NOT_MEASURED
        return MET if reached >= self.line.target else MISSED

    @property
    def row(self) -> tuple[str, ...]:
        """The cells of its line in the table."""
        line, rounds = self.line, self.rounds
        return (
            line.what,
            line.goal.format(number(line.target)),
            measured(line, rounds),
            beside(line, rounds),
            spread(rounds, ratio, "{:.2f}"),
            faults(rounds),
            self.verdict,
            self.failure or limit(rounds),
        )


def value(each: Round) -> float | None:
    return each.value


def cost(each: Round) -> float | None:
    return each.cost


def peer_cost(each: Round) -> float | None:
    return each.beside


def ratio(each: Round) -> float | None:
    """Of the same round: other work on the machine hits both."""
    return each.ratio


def figures(rounds: Sequence[Round], figure: Callable[[Round], float | None]) -> list[float]:
    return [found for each in rounds if (found := figure(each)) is not None]


def median(rounds: Sequence[Round], figure: Callable[[Round], float | None]) -> float | None:
    """None where no round has the figure."""
    found = figures(rounds, figure)
    return statistics.median(found) if found else None


def spread(rounds: Sequence[Round], figure: Callable[[Round], float | None], form: str, unit: str = "") -> str:
    """The median, and of more rounds than one how many, the least and the most."""
    found = figures(rounds, figure)
    if not found:
        return ""
    middle = f"{form.format(statistics.median(found))} {unit}".rstrip()
    if len(found) == 1:
        return middle
    return f"{middle} (median of {len(found)}: {form.format(min(found))} to {form.format(max(found))})"


def measured(line: Line, rounds: Sequence[Round]) -> str:
    reached = median(rounds, value)
    first = f"{reached:,.0f} {line.whom}" if line.whom and reached is not None else ""
    return "; ".join(filter(None, (first, spread(rounds, cost, line.cost, line.unit))))


def beside(line: Line, rounds: Sequence[Round]) -> str:
    """The peer and what it costs, or why that is not known."""
    reasons = [each.absent for each in rounds if each.absent]
    found = spread(rounds, peer_cost, line.cost, line.unit)
    return ", ".join(filter(None, (f"{line.peer}: {found}" if found else "", *dict.fromkeys(reasons))))


def faults(rounds: Sequence[Round]) -> str:
    """Those of all rounds together."""
    together: Counter[str] = Counter()
    for each in rounds:
        together.update(each.faults)
    frames = sum(each.frames for each in rounds)
    words = ", ".join(f"{count:,} {kind}" for kind, count in together.items())
    return "; ".join(filter(None, (words, f"{frames:,} frames looked at" if frames else "no frame looked at")))


def limit(rounds: Sequence[Round]) -> str:
    """Of the round with the most faults; of such rounds, the last."""
    return max(reversed(rounds), key=lambda each: sum(each.faults.values())).limit if rounds else ""


def number(count: float) -> str:
    return f"{count:,.0f}" if count == int(count) else f"{count:g}"


def markdown(cells: Sequence[str]) -> str:
    """One line of a table; what a cell holds does not end it."""
    return f"| {' | '.join(' '.join(cell.split()).replace('|', '/') for cell in cells)} |"


def head() -> list[str]:
    return [markdown(TITLES), markdown(["---"] * len(TITLES))]
