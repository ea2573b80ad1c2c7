"""Runs of a fleet that are over, as values."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from phone_recorder.bulk.fleet.durations import Durations
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.report import Report
from phone_recorder.bulk.fleet.report_course import Course
from phone_recorder.bulk.fleet.snapshot import Snapshot
from phone_recorder.bulk.fleet.threshold import parse_threshold
from phone_recorder.bulk.spread import Spread
from phone_recorder.recording.units import SECOND

BEGAN_AT = datetime(2026, 3, 14, 15, 9, 26)
PLAN = FleetPlan(("127.0.0.1", 10000), phones=1000, ramp=100.0, talk=Durations.always(3 * SECOND), seed=7)
HOSTILE = "<script>alert(1)</script>\"'&\u202e"
"""What a server may give as its reason."""


def second(at_s: float, **more: object) -> Snapshot:
    """100 phones a second begin, each at 50 packets a second, and none ends."""
    calls = int(100 * at_s)
    usual = Snapshot(
        at_s=at_s,
        phones=1000,
        connecting=3,
        talking=calls - 3,
        attempted=calls,
        started=calls - 3,
        packets_said=50 * calls,
        packets_sent=50 * calls - 10,
        packets_dropped=10,
        octets_sent=8000 * calls,
        start_latency=Spread(calls, 0.001, 0.002, 0.004, 0.005, 0.012, 0.034, 0.0025),
        lateness=Spread(50 * calls, 0.0, 0.001, 0.001, 0.002, 0.004, 0.009, 0.001),
        cpu_share=0.4,
    )
    return replace(usual, **more)  # type: ignore[arg-type]


def course_of(*snapshots: Snapshot) -> Course:
    """With these, the last of which is that of the end."""
    course = Course()
    for snapshot in snapshots[:-1]:
        course.add(snapshot)
    course.end(snapshots[-1])
    return course


def report_of(*snapshots: Snapshot, fail_if: tuple[str, ...] = (), plan: FleetPlan = PLAN) -> Report:
    """Of a run with these."""
    course = course_of(*snapshots)
    verdicts = tuple(parse_threshold(one).judge(course.measured) for one in fail_if)
    return Report(plan, course, snapshots[-1], BEGAN_AT, "all calls were made", "pattern", verdicts)


def good(**more: object) -> Report:
    """Four seconds without anything to complain of."""
    return report_of(second(1.0), second(2.0), second(3.0), second(4.0, **more))


def bad() -> Report:
    """One that was refused, limited itself, and met a threshold."""
    refused: dict[str, object] = {"failed": 12, "failures": {HOSTILE: 2, "cannot connect: connection refused": 10}}
    busy = {"bottleneck": "it uses all of a core (99%)"}
    return report_of(
        second(1.0, **refused),
        second(2.0, **refused, **busy),
        second(3.0, **refused, **busy),
        second(4.0, **refused, bottleneck="it uses all of a core (99%) (for 2 s of the run)"),
        fail_if=("failed>10", "start_p99>1s", "stop_p99>1s"),
    )
