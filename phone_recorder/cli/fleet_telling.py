"""How a run of `phone-recorder fleet` is told while it goes on, where there is no dashboard; and its summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from phone_recorder.bulk.fleet.report_course import Course
from phone_recorder.bulk.fleet.report_series import rate_of
from phone_recorder.bulk.fleet.report_summary import Kind, Line
from phone_recorder.bulk.fleet.report_words import clock, duration, plural, rate
from phone_recorder.bulk.fleet.snapshot import Snapshot
from phone_recorder.cli.colours import coloured
from phone_recorder.cli.output import say_while_read, shown

EVERY_S = 5
"""From one line to the next."""
COLOURS: Mapping[Kind, str] = {"good": "green", "bad": "red", "warning": "yellow"}


class Lines:
    """A line every few seconds. `tell` must not wait for whoever reads."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        self._tell = tell
        self._told = self._seen = Snapshot()
        self._limited = ""
        self._said: set[str] = set()

    def show(self, course: Course) -> None:
        """Call each second."""
        now = course.measured.snapshot
        if now.bottleneck and not self._limited:
            self._tell(f"the fleet itself is the bottleneck: {now.bottleneck}")
        self._limited = now.bottleneck
        if now.at_s and now.at_s == self._seen.at_s:
            self._once(f"looking at the last {plural(now.files - now.files_looked_at, 'file')}")
        self._seen = now
        if now.at_s - self._told.at_s >= EVERY_S - 0.5:
            self._tell(line(now, self._told))
            self._told = now

    def interrupted(self) -> None:
        """Call when the run is."""
        self._once("ending all calls in order: once more ends them at once")

    def _once(self, sentence: str) -> None:
        """Whatever its numbers are later."""
        if (about := sentence.partition(" ")[0]) not in self._said:
            self._said.add(about)
            self._tell(sentence)


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
            say_while_read(coloured(shown(text), COLOURS.get(kind)))


def _rate(name: str, now: Snapshot, before: Snapshot) -> str:
    value = rate_of(name)(now, before)
    return rate(value) if isinstance(value, float | int) else "0"
