"""How a run of `phone-recorder fleet` is told while it goes on, where there is no dashboard; and its summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import click

from phone_recorder.bulk.fleet.report_course import Course
from phone_recorder.bulk.fleet.report_series import rate_of
from phone_recorder.bulk.fleet.report_summary import Kind, Line
from phone_recorder.bulk.fleet.report_words import clock, duration, rate
from phone_recorder.bulk.fleet.snapshot import Snapshot
from phone_recorder.cli.output import say, shown

EVERY_S = 5
"""From one line to the next."""
COLOURS: Mapping[Kind, str] = {"good": "green", "bad": "red", "warning": "yellow"}


class Lines:
    """A line every few seconds. `tell` must not wait for whoever reads."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        self._tell = tell
        self._told = Snapshot()
        self._limited = ""

    def show(self, course: Course) -> None:
        """Call each second."""
        now = course.measured.snapshot
        if now.bottleneck and not self._limited:
            self._tell(f"the fleet itself is the bottleneck: {now.bottleneck}")
        self._limited = now.bottleneck
        if now.at_s - self._told.at_s >= EVERY_S - 0.5:
            self._tell(line(now, self._told))
            self._told = now


def line(now: Snapshot, before: Snapshot) -> str:
    """Where a run stands, and how fast it has gone since the snapshot before."""
    states = f"talking {now.talking:,}, connecting {now.connecting:,}, ending {now.ending:,}"
    counts = f"{now.started:,} started, {now.failed:,} failed"
    rates = f"{_rate('attempted', now, before)} calls/s, {_rate('packets_sent', now, before)} packets/s"
    latency = f", start p99 {duration(now.start_latency.p99)}" if now.start_latency.count else ""
    return f"{clock(now.at_s):>7}  {states}; {counts}; {rates}{latency}"


def tell_summary(lines: Iterable[Line], quiet: bool) -> None:
    """Print it; with `quiet` only what is not well."""
    for kind, text in lines:
        if not quiet or kind in ("bad", "warning"):
            # A terminal shows colours; elsewhere click leaves them out.
            say(click.style(shown(text), COLOURS[kind]) if kind in COLOURS else shown(text))


def _rate(name: str, now: Snapshot, before: Snapshot) -> str:
    value = rate_of(name)(now, before)
    return rate(value) if isinstance(value, float | int) else "0"
