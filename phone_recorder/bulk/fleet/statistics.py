"""What a fleet counts: recordings by what became of them, failures by reason, and how long starts and stops take."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from phone_recorder.bulk.fleet.histogram import Histogram
from phone_recorder.bulk.fleet.phone_table import CONNECTING, ENDING, TALKING, State
from phone_recorder.bulk.fleet.snapshot import Snapshot
from phone_recorder.wire.printable import printable

MOST_REASONS = 50
"""Different ones that are told apart: a server may write what it likes."""
OTHERS = "other reasons"


class Failures:
    """Counts failures by reason; from the fiftieth different reason on they are counted together."""

    def __init__(self) -> None:
        self.by_reason: Counter[str] = Counter()

    def add(self, reason: str) -> None:
        """Count one; its reason may be in a server's own words."""
        shown = printable(reason)
        known = shown in self.by_reason or len(self.by_reason) < MOST_REASONS - 1
        self.by_reason[shown if known else OTHERS] += 1

    @property
    def count(self) -> int:
        """All of them."""
        return self.by_reason.total()


@dataclass(slots=True)
class Tally:
    """The counts of a run; those of `snapshot.Snapshot` have the same names. `states` are the phones' just now."""

    attempted: int = 0
    started: int = 0
    ended: int = 0
    cut: int = 0
    given_up: int = 0
    states: Counter[State] = field(default_factory=Counter)
    failures: Failures = field(default_factory=Failures)
    start_latency: Histogram = field(default_factory=Histogram)
    stop_latency: Histogram = field(default_factory=Histogram)
    loop_lag: Histogram = field(default_factory=Histogram)

    def count(self, *states: State) -> int:
        """Phones in any of these states."""
        return sum(self.states[state] for state in states)

    def snapshot(self) -> Snapshot:
        """What is counted here; the rest of it is left as it is of a run that has not begun."""
        return Snapshot(
            connecting=self.count(*CONNECTING),
            talking=self.count(*TALKING),
            ending=self.count(*ENDING),
            attempted=self.attempted,
            started=self.started,
            ended=self.ended,
            cut=self.cut,
            given_up=self.given_up,
            failed=self.failures.count,
            failures=dict(self.failures.by_reason),
            start_latency=self.start_latency.spread(),
            stop_latency=self.stop_latency.spread(),
            loop_lag=self.loop_lag.spread(),
        )
