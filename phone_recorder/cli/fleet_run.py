"""A run of `phone-recorder fleet`: the plan carried out, told while it goes on, judged and reported in the end."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phone_recorder.bulk.fleet.interrupts import Interrupts
from phone_recorder.bulk.fleet.live import Ended, Running, run_fleet
from phone_recorder.bulk.fleet.local_run import prepared, run_local
from phone_recorder.bulk.fleet.report import Report
from phone_recorder.bulk.fleet.report_course import Course
from phone_recorder.bulk.fleet.report_summary import summary
from phone_recorder.bulk.voices import PATTERN, Voices, voice_of
from phone_recorder.cli.fleet import EXIT_TROUBLE
from phone_recorder.cli.fleet_options import STDOUT
from phone_recorder.cli.fleet_reports import MAKERS, wanted_reports, write_reports
from phone_recorder.cli.fleet_request import plan_of
from phone_recorder.cli.fleet_telling import Lines, tell_summary
from phone_recorder.cli.main import EXIT_FAILED
from phone_recorder.cli.output import complain, tell

if TYPE_CHECKING:
    from phone_recorder.bulk.fleet.plan import FleetPlan
    from phone_recorder.bulk.fleet.threshold import Threshold, Verdict

Show = Callable[[Course], object]
_SIGNALLED = 128
"""And the number of the signal: the exit code, as shells have it."""


@dataclass(slots=True)
class Observer:
    """Looks at the fleet each second: keeps the course, shows it, and ends the run when a `stop_if` is met.

    Setting `hung_up` ends it too: there is no terminal any more.
    """

    stop_if: Sequence[Threshold] = ()
    show: Show = id
    course: Course = field(default_factory=Course)
    stopped_by: Verdict | None = None
    hung_up: bool = False

    def look(self, fleet: Running) -> None:
        """Call each second."""
        if fleet.over:
            return
        if self.hung_up:
            fleet.stop()
        self.course.add(fleet.snapshot())
        self.show(self.course)
        verdicts = (one.judge(self.course.measured) for one in self.stop_if)
        if not self.stopped_by and (met := next((one for one in verdicts if one.met), None)):
            self.stopped_by = met
            fleet.stop()


def run(options: dict[str, Any]) -> int:
    """The exit code. UsageError if it cannot be begun."""
    plan = plan_of(options)
    plan = prepared(plan) if plan.local else plan
    voices = voice_of(options["voice"], plan.payload)
    reports = wanted_reports(options, _file_of(options["voice"]))
    began_at = datetime.now()
    with Interrupts() as interrupts:
        try:
            observer, ended = asyncio.run(_carried_out(plan, voices, options, interrupts))
        except KeyboardInterrupt:
            return _SIGNALLED + (interrupts.first or signal.SIGINT)
    observer.course.end(ended.snapshot)
    report = Report(
        plan,
        observer.course,
        ended.snapshot,
        began_at,
        _why_ended(plan, observer, ended),
        options["voice"],
        _verdicts(options["fail_if"], observer),
    )
    written = write_reports(reports, report)
    if STDOUT not in reports:
        tell_summary(summary(report), options["quiet"])
    if ended.trouble:
        complain(ended.trouble)
    if observer.hung_up or ended.interrupted:
        return _SIGNALLED + (signal.SIGHUP if observer.hung_up else ended.interrupted)
    well_told = written and not ended.trouble
    return _code(report, judged=bool(options["fail_if"])) if well_told else EXIT_TROUBLE


async def _carried_out(
    plan: FleetPlan, voices: Voices, options: dict[str, Any], interrupts: Interrupts
) -> tuple[Observer, Ended]:
    observer = Observer(options["stop_if"])

    def hang_up() -> None:
        observer.hung_up = True

    with _shown(plan, options, hang_up, interrupts) as observer.show:
        if plan.local:
            return observer, await run_local(plan, options["voice"], observer.look, interrupts=interrupts)
        return observer, await run_fleet(plan, voices, observer.look, interrupts=interrupts)


@contextmanager
def _shown(
    plan: FleetPlan, options: dict[str, Any], gone: Callable[[], object], interrupts: Interrupts
) -> Iterator[Show]:
    """What shows the course: the dashboard, lines, or nothing where only a document is to be printed."""
    if options["quiet"] or STDOUT in [options[name] for name in MAKERS]:
        yield lambda _: None
        return
    if not options["no_dashboard"] and (dashboard := _dashboard()):
        with dashboard.on_terminal(plan, gone) as show:
            yield show
        return
    from phone_recorder.adapters.lines import Lines as Written

    with Written(tell) as written:
        lines = Lines(written.tell)
        interrupts.told = lines.interrupted
        yield lines.show


def _dashboard() -> Any:
    """The module that draws it, if there is a terminal for it, and rich."""
    if not (sys.stdin and sys.stdout and sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    with suppress(ModuleNotFoundError):
        from phone_recorder.cli import fleet_dashboard

        return fleet_dashboard if fleet_dashboard.can_draw() else None
    return None


def _file_of(voice: str) -> Path | None:
    return None if voice == PATTERN or voice.startswith("tone:") else Path(voice)


def _why_ended(plan: FleetPlan, observer: Observer, ended: Ended) -> str:
    if ended.interrupted or observer.hung_up:
        return "interrupted"
    if ended.trouble:
        return "broken off"
    if observer.stopped_by:
        return f"ended by --stop-if {observer.stopped_by.threshold.text}"
    return "all calls were made" if not plan.lasts or plan.calls else "its time was over"


def _verdicts(fail_if: Sequence[Threshold], observer: Observer) -> tuple[Verdict, ...]:
    """Those that decide: all of --fail-if, held against the whole run, and the --stop-if that ended it."""
    stopped = [observer.stopped_by] if observer.stopped_by else []
    return (*(one.judge(observer.course.measured) for one in fail_if), *stopped)


def _code(report: Report, judged: bool) -> int:
    last = report.last
    well = all(verdict.passed for verdict in report.verdicts)
    if not judged:
        well = well and bool(last.started) and not (last.failed or last.frames_lost or last.frames_wrong)
    return 0 if well else EXIT_FAILED
