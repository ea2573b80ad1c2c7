"""What came of a case in a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from phone_recorder.harness.evidence import Evidence, Failure
from phone_recorder.harness.scenario.case import Case

Outcome = Literal["passed", "failed", "bad", "trouble", "skipped"]
"""`bad`: the scenario asks for what cannot be; `trouble`: an error of ours, or of the machine."""


@dataclass(frozen=True, slots=True)
class Result:
    """`why` is one line for what neither passed nor failed; `took_s` real seconds; `evidence` if it was kept.

    `of_machine`: the trouble is that the machine has no more room, memory or files, or that others interfere.
    """

    case: Case
    outcome: Outcome
    seed: int
    failures: tuple[Failure, ...] = ()
    why: str = ""
    took_s: float = 0.0
    evidence: Evidence | None = None
    of_machine: bool = False

    @property
    def ours(self) -> bool:
        """Whoever wrote this program should hear of it."""
        return self.outcome == "trouble" and not self.of_machine
