"""What came of a run, as lines for people, aligned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from phone_recorder.bulk.fleet.control_dialogue import UNANSWERED
from phone_recorder.bulk.fleet.no_server import no_server, none_reached
from phone_recorder.bulk.fleet.plan import FleetPlan, Local
from phone_recorder.bulk.fleet.report import Report
from phone_recorder.bulk.fleet.report_words import (
    SPREAD_HEAD,
    bits,
    duration,
    host_and_port,
    plural,
    rate,
    share,
    spread_words,
)
from phone_recorder.bulk.fleet.snapshot import SPREADS, Snapshot
from phone_recorder.recording.units import to_seconds
from phone_recorder.wire.printable import printable

Kind = Literal["plain", "good", "bad", "warning"]
Line = tuple[Kind, str]

MOST_REASONS = 10
"""That are told on a terminal; the reports have all."""
_LEAST_S = 1.0
"""A run that was shorter had no rates to speak of."""
_CLOSES = (
    "does the server limit one host? One of ours takes 50 connections a second (--connection-rate), and so many at once"
    " (--max-per-host): allow more there, or use --ramp or --source here"
)
_NAME = 12
_CELL = 10


def summary(report: Report) -> Iterator[Line]:
    """The lines, each with its kind, so that whoever prints them can colour them."""
    last = report.last
    yield "plain", f"{title(report.plan)}: {duration(last.at_s)}, {report.why_ended}"
    yield _kind(last), _row("recordings", recordings(last))
    yield from (("bad", _row(*one)) for one in _failures(report))
    if none_reached(last.failures):
        yield "warning", _row("", no_server(report.plan.server, "--server"))
    elif any(reason.startswith(UNANSWERED) for reason in last.failures):
        yield "warning", _row("", _CLOSES)
    yield "plain", _row("", _cells(SPREAD_HEAD)).rstrip()
    yield from (("plain", _row(name, _cells(spread_words(getattr(last, field))))) for field, name in SPREADS.items())
    yield "plain", _row("packets", packets(last))
    if report.plan.local:
        yield _kind_of_files(report.plan.local, last), _row("files", files(report.plan, last))
    if (cpu := report.course.measured.cpu_share) is not None:
        yield "plain", _row("this process", f"{share(cpu)} of a core")
    for verdict in report.verdicts:
        yield ("good" if verdict.passed else "bad"), _row("threshold", str(verdict))
    if last.bottleneck:
        yield "warning", bottleneck(report.plan, last)


def title(plan: FleetPlan) -> str:
    """Who calls whom, or is recorded where."""
    if plan.local:
        storage = printable(str(plan.local.storage))
        return f"{plural(plan.phones, 'phone')} recorded to {storage}, seed {plan.seed}"
    return f"{plural(plan.phones, 'phone')} against {host_and_port(plan.server)}, seed {plan.seed}"


def plan_words(plan: FleetPlan, voice: str) -> Iterator[tuple[str, str]]:
    """What was asked for, by what it is about."""
    impairments = plan.impairments
    yield "phones", f"{plan.phones:,}, {f'{rate(plan.ramp)} more each second' if plan.ramp else 'all at once'}"
    yield "talk", f"{plan.talk}, then {plan.rest} until the next call"
    yield "calls", _calls(plan)
    yield "media", f"{plan.codec}, {plan.ptime_ms} ms, {voice}"
    shares = {name: getattr(impairments, name) for name in ("loss", "duplicate", "reorder")}
    spoilt = [f"{name} {share(value)}" for name, value in shares.items() if value]
    spoilt += [f"jitter up to {duration(to_seconds(impairments.jitter))}"] if impairments.jitter else []
    yield "network", ", ".join(spoilt) or "unimpaired"
    if plan.local:
        yield "recorded", _how_recorded(plan.local)
        return
    ways = ", ".join(bad.value for bad in plan.bad)
    yield "stop badly", f"{share(plan.bad_share)}: {ways}" if plan.bad_share else "none"


def _how_recorded(local: Local) -> str:
    """As the plan has it."""
    ports = "one port for all" if local.shared_port else "a port for each leg"
    return f"{ports}, received by {local.receiver or local.receive or 'the best there is'}"


def recordings(last: Snapshot) -> str:
    """What became of them; what there were none of is left out, but for failures."""
    parts = [f"{last.attempted:,} attempted", f"{last.started:,} started", f"{last.ended:,} ended in order"]
    parts += [f"{last.cut:,} cut off on purpose"] if last.cut else []
    parts += [f"{last.given_up:,} given up at the end"] if last.given_up else []
    a_second = f" ({rate(last.attempted / last.at_s)}/s)" if last.at_s >= _LEAST_S else ""
    return ", ".join([*parts, f"{last.failed:,} failed"]) + a_second


def packets(last: Snapshot) -> str:
    """What became of the packets."""
    parts = [f"{last.packets_said:,} said", f"{last.packets_sent:,} sent"]
    parts += [f"{last.packets_dropped:,} dropped on purpose"] if last.packets_dropped else []
    if last.at_s < _LEAST_S:
        return ", ".join([*parts, f"{last.packets_unsent:,} unsent"])
    a_second = f"{rate(last.packets_sent / last.at_s)}/s, {bits(last.octets_sent / last.at_s)}"
    return ", ".join([*parts, f"{last.packets_unsent:,} unsent"]) + f" ({a_second})"


def files(plan: FleetPlan, last: Snapshot) -> str:
    """What a fleet that records by itself has written, and how well."""
    late = f" ({last.frames_late:,} of them came too late)" if last.frames_late else ""
    return f"{last.files:,} written; frames: {last.frames_lost:,} lost{late}, {_wrong(plan, last)}"


def _wrong(plan: FleetPlan, last: Snapshot) -> str:
    if plan.local is None or not plan.local.check_files:
        return "not looked at for wrong ones (--check-files does)"
    all_ = last.files_looked_at >= last.files
    return f"{last.frames_wrong:,} wrong" + ("" if all_ else f" in the {last.files_looked_at:,} files looked at")


def bottleneck(plan: FleetPlan, last: Snapshot) -> str:
    """One sentence, where there is something to be said."""
    if plan.local:
        return f"the fleet itself was the bottleneck: {last.bottleneck}. Use fewer phones, or a machine with more cores"
    return (
        f"the fleet itself was the bottleneck: {last.bottleneck}."
        " What it measured is of this machine as much as of the server: use fewer phones, or more machines"
    )


def _calls(plan: FleetPlan) -> str:
    limits = [f"{plan.calls:,} in all"] if plan.calls else []
    limits += [f"for {duration(to_seconds(plan.lasts))}"] if plan.lasts else []
    return ", ".join(limits) or "one of each phone"


def _failures(report: Report) -> Iterator[tuple[str, str]]:
    """The most frequent reasons, the first beside the name."""
    found = report.failures
    width = max((len(f"{count:,}") for _, count in found), default=0)
    for number, (reason, count) in enumerate(found[:MOST_REASONS]):
        yield ("" if number else "failed"), f"{count:>{width},}  {reason}"
    if more := sum(count for _, count in found[MOST_REASONS:]):
        yield "", f"{more:>{width},}  for {plural(len(found) - MOST_REASONS, 'other reason')}"


def _kind_of_files(local: Local, last: Snapshot) -> Kind:
    if last.frames_lost or last.frames_wrong:
        return "bad"
    return "warning" if local.check_files and last.wrong_if_known is None else "good"


def _kind(last: Snapshot) -> Kind:
    if last.failed or not last.started:
        return "bad"
    return "good"


def _row(name: str, text: str) -> str:
    return f"{name:<{_NAME}}  {text}"


def _cells(cells: Sequence[str]) -> str:
    return "".join(f"{cell:>{_CELL}}" for cell in cells)
