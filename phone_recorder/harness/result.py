"""What came of a case in a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from phone_recorder.harness.evidence import Evidence, Failure
from phone_recorder.harness.scenario.case import Case

Outcome = Literal["passed", "failed", "bad", "trouble", "skipped"]
"""`bad`: the scenario asks for what cannot be; `trouble`: an error of ours."""


@dataclass(frozen=True, slots=True)
class Result:
    """`why` is one line for what neither passed nor failed; `took_s` real seconds; `evidence` if it was kept."""

    case: Case
    outcome: Outcome
    seed: int
    failures: tuple[Failure, ...] = ()
    why: str = ""
    took_s: float = 0.0
    evidence: Evidence | None = None
