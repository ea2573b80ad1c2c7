"""All that is to be told of a run, and as one JSON object."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from phone_recorder import __version__
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.report_course import Course
from phone_recorder.bulk.fleet.report_series import columns_of, rows
from phone_recorder.bulk.fleet.snapshot import FILES, LOOKED_AT, PACKETS, RECORDINGS, SPREADS, Snapshot
from phone_recorder.bulk.fleet.threshold import Verdict
from phone_recorder.bulk.spread import Spread
from phone_recorder.recording.units import to_seconds

VERSION = 1
"""Of the JSON; another one when a name changes or goes."""
TOTALS = ("phones", *RECORDINGS, *PACKETS)
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Report:
    """A run that is over. `why_ended` in words, `voice` as it was asked for; `began_at` is local time."""

    plan: FleetPlan
    course: Course
    last: Snapshot
    began_at: datetime
    why_ended: str
    voice: str = "pattern"
    verdicts: tuple[Verdict, ...] = ()

    @property
    def failures(self) -> list[tuple[str, int]]:
        """Reasons with how often, the most frequent first."""
        return sorted(self.last.failures.items(), key=lambda one: (-one[1], one[0]))


def document(report: Report) -> dict[str, Any]:
    """The object, as docs/fleet.md has it."""
    last, measured = report.last, report.course.measured
    return {
        "version": VERSION,
        "program": f"phone-recorder {__version__}",
        "began_at": report.began_at.astimezone().isoformat(timespec="seconds"),
        "lasted_s": round(last.at_s, _DIGITS),
        "why_ended": report.why_ended,
        "plan": plan_document(report.plan, report.voice),
        "totals": {
            **_counts(report),
            "cpu_share": _rounded(measured.cpu_share),
            "bottleneck_share": _rounded(measured.limited_share),
            "bottleneck": last.bottleneck,
        },
        "spreads_s": {name: _spread(getattr(last, name)) for name in SPREADS},
        "failures": [{"reason": reason, "count": count} for reason, count in report.failures],
        "thresholds": [_verdict(one) for one in report.verdicts],
        "series": list(rows(report.course, columns_of(report.plan))),
    }


def as_json(report: Report) -> bytes:
    """The object in UTF-8, and the end of a line."""
    return json.dumps(document(report), indent=1, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def plan_document(plan: FleetPlan, voice: str) -> dict[str, Any]:
    """What was asked for. Times in seconds, shares of 1; 0 where there is no limit."""
    impairments = plan.impairments
    return {
        **_recorder(plan),
        "phones": plan.phones,
        "ramp_per_s": plan.ramp,
        "talk": str(plan.talk),
        "rest": str(plan.rest),
        "for_s": to_seconds(plan.lasts),
        "calls": plan.calls,
        "codec": plan.codec,
        "ptime_ms": plan.ptime_ms,
        "voice": voice,
        "loss": impairments.loss,
        "duplicate": impairments.duplicate,
        "reorder": impairments.reorder,
        "jitter_s": to_seconds(impairments.jitter),
        "bad_share": plan.bad_share,
        "bad": [bad.value for bad in plan.bad] if plan.bad_share else [],
        "sources": list(plan.sources),
        "seed": plan.seed,
    }


def _recorder(plan: FleetPlan) -> dict[str, Any]:
    """Who records, and how."""
    if plan.local is None:
        host, port = plan.server
        return {"mode": "server", "server": {"host": host, "port": port}}
    local = plan.local
    return {
        "mode": "local",
        "storage": str(local.storage),
        "shared_port": local.shared_port,
        "receiver": local.receiver,
        "check_files": local.check_files,
    }


def _counts(report: Report) -> dict[str, int | None]:
    """What was not looked at is None."""
    last, local = report.last, report.plan.local
    counts: dict[str, int | None] = {name: getattr(last, name) for name in TOTALS}
    if local:
        counts.update({name: getattr(last, name) for name in FILES})
        counts["frames_wrong"] = last.wrong_if_known
        counts.update({} if local.check_files else dict.fromkeys(LOOKED_AT))
    return counts


def _spread(spread: Spread) -> dict[str, float | int] | None:
    """None if nothing was measured."""
    if not spread.count:
        return None
    return {one.name: round(getattr(spread, one.name), _DIGITS) for one in fields(spread)}


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "expression": verdict.threshold.text,
        "value": _rounded(verdict.value),
        "met": verdict.met,
        "passed": verdict.passed,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
