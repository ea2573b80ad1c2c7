"""The course of a run as columns: what the CSV has, and each item of the JSON's series."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping

from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.report_course import Course
from phone_recorder.bulk.fleet.snapshot import FILES, LOOKED_AT, PACKETS, RECORDINGS, SPREADS, STATES, Snapshot
from phone_recorder.bulk.spread import Spread

Value = int | float | str | None
Column = Callable[[Snapshot, Snapshot], Value]
"""From a snapshot, and the one before it."""

_DIGITS = 6
"""Of what is not whole: microseconds."""
_COUNTS = ("phones", *STATES, *RECORDINGS, *PACKETS)
_RATES = {
    "attempted_per_s": "attempted",
    "started_per_s": "started",
    "failed_per_s": "failed",
    "packets_per_s": "packets_sent",
    "octets_per_s": "octets_sent",
}
_OF_A_SPREAD = {"p50_s": "p50", "p90_s": "p90", "p95_s": "p95", "p99_s": "p99", "max_s": "most"}


def rate_of(name: str) -> Column:
    """So many a second since the snapshot before."""

    def rate(now: Snapshot, before: Snapshot) -> Value:
        length = now.at_s - before.at_s
        more: int = getattr(now, name) - getattr(before, name)
        return round(more / length, _DIGITS) if length > 0 else None

    return rate


def mean_since(name: str) -> Column:
    """The mean of the durations that came since the snapshot before; None if there were none."""

    def mean(now: Snapshot, before: Snapshot) -> Value:
        all_, old = _spread(now, name), _spread(before, name)
        more = all_.count - old.count
        return round(max(all_.mean * all_.count - old.mean * old.count, 0.0) / more, _DIGITS) if more > 0 else None

    return mean


def percentile_of(name: str, field: str) -> Column:
    """Of the whole run so far; None before anything was measured."""

    def percentile(now: Snapshot, _: Snapshot) -> Value:
        spread = _spread(now, name)
        return round(float(getattr(spread, field)), _DIGITS) if spread.count else None

    return percentile


def _whole(name: str) -> Column:
    return lambda now, _: int(getattr(now, name))


def _spread(snapshot: Snapshot, name: str) -> Spread:
    spread: Spread = getattr(snapshot, name)
    return spread


COLUMNS: Mapping[str, Column] = {
    "at_s": lambda now, _: round(now.at_s, 3),
    **{name: _whole(name) for name in _COUNTS},
    **{name: rate_of(of) for name, of in _RATES.items()},
    **{
        name: column
        for of in SPREADS
        for name, column in {
            f"{of}_mean_s": mean_since(of),
            **{f"{of}_{end}": percentile_of(of, field) for end, field in _OF_A_SPREAD.items()},
        }.items()
    },
    "cpu_share": lambda now, _: round(now.cpu_share, 4),
    "bottleneck": lambda now, _: now.bottleneck,
}
"""By name. New ones come last, so that whoever counts columns is not misled."""
LOCAL_COLUMNS: Mapping[str, Column] = {name: _whole(name) for name in FILES}
"""That there are too where a fleet records by itself."""


def columns_of(plan: FleetPlan) -> Mapping[str, Column]:
    """Those of a run of this plan; what is not looked at is empty."""
    if not plan.local:
        return COLUMNS
    unseen: Mapping[str, Column] = {} if plan.local.check_files else {name: lambda now, _: None for name in LOOKED_AT}
    return {**COLUMNS, **LOCAL_COLUMNS, **unseen}


def rows(course: Course, columns: Mapping[str, Column] = COLUMNS) -> Iterator[dict[str, Value]]:
    """A row for each snapshot that was kept."""
    for before, now in course.steps():
        yield {name: column(now, before) for name, column in columns.items()}


def as_csv(course: Course, columns: Mapping[str, Column] = COLUMNS) -> bytes:
    """A file with a head (RFC 4180), in UTF-8; a value that was not measured is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows(course, columns))
    return text.getvalue().encode()
