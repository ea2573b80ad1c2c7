"""How many cases of a run have come out how. What they leave is not kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from phone_recorder.harness.runner.result import Outcome, Result
from phone_recorder.harness.scenario.case import Case

OUTCOMES: tuple[Outcome, ...] = ("trouble", "bad", "failed", "passed", "skipped")
"""The worst first."""
WRONG: tuple[Outcome, ...] = ("trouble", "bad", "failed")
NAMED = 5
"""Cases that went wrong and are kept by name; of more than these the whole run is played again."""


MOST_DETAILED = 50
"""Cases of which a page shows more than their reasons; the evidence of others need not be kept."""


@dataclass(slots=True)
class Tally:
    """Counts as results come. `took_s`: real seconds of the run, told by whoever has a clock; `wrong`: a few cases."""

    counts: Counter[Outcome] = field(default_factory=Counter)
    took_s: float = 0.0
    wrong: list[Case] = field(default_factory=list)

    def add(self, result: Result) -> None:
        """Another result."""
        self.counts[result.outcome] += 1
        if result.outcome in WRONG and len(self.wrong) <= NAMED:
            self.wrong.append(result.case)

    @property
    def worst(self) -> Outcome:
        """The worst that has come; `skipped` before anything has."""
        return next((outcome for outcome in OUTCOMES if self.counts[outcome]), "skipped")

    @property
    def wrong_count(self) -> int:
        """Those that went wrong."""
        return sum(self.counts[outcome] for outcome in WRONG)

    @property
    def total(self) -> int:
        """All cases."""
        return self.counts.total()

    def __str__(self) -> str:
        return ", ".join(f"{self.counts[one]} {one}" for one in OUTCOMES if self.counts[one]) or "nothing was played"


def tallied(results: Iterable[Result], took_s: float = 0.0) -> Tally:
    """The counts of results that are all there."""
    tally = Tally(took_s=took_s)
    for result in results:
        tally.add(result)
    return tally
