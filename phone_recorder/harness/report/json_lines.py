"""A run as JSON, one object a line: each result as it comes, and a summary at the end. Times in seconds."""

from __future__ import annotations

import json
from typing import Any

from phone_recorder import __version__
from phone_recorder.harness.evidence import Failure, Where
from phone_recorder.harness.report.tally import OUTCOMES, Tally
from phone_recorder.harness.report.texts import NOTHING, expects_nothing
from phone_recorder.harness.runner.result import Result
from phone_recorder.recording.units import to_seconds


def result_line(result: Result) -> str:
    """The line of one case, without its end."""
    return json.dumps(result_document(result))


def summary_line(tally: Tally, seed: int) -> str:
    """The last line of a run, without its end; `seed` is the run's."""
    return json.dumps(summary_document(tally, seed))


def result_document(result: Result) -> dict[str, Any]:
    """What came of one case; `seed` is the case's own. `took_s` is all that differs from run to run."""
    case = result.case
    return {
        "type": "result",
        "name": case.name,
        "file": str(case.path),
        "title": case.title,
        "tags": list(case.tags),
        "outcome": result.outcome,
        "seed": result.seed,
        "failures": [_failure_document(failure) for failure in result.failures],
        "why": NOTHING if expects_nothing(result) else result.why,
        "took_s": round(result.took_s, 6),
    }


def summary_document(tally: Tally, seed: int) -> dict[str, Any]:
    """How many cases came out how."""
    counts: dict[str, int] = {outcome: tally.counts[outcome] for outcome in OUTCOMES}
    took_s = round(tally.took_s, 6)
    return {"type": "summary", "version": __version__, "seed": seed, "total": tally.total, **counts, "took_s": took_s}


def _failure_document(failure: Failure) -> dict[str, Any]:
    return {
        "line": failure.line or None,
        "at_s": _seconds(failure.at),
        "expected": failure.expected,
        "seen": failure.seen,
        "where": _where_document(failure.where) if failure.where else None,
    }


def _where_document(where: Where) -> dict[str, Any]:
    return {"party": where.leg or None, "from_s": to_seconds(where.start), "to_s": _seconds(where.end)}


def _seconds(units: int | None) -> float | None:
    return None if units is None else to_seconds(units)
