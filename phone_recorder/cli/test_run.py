"""A run of `phone-recorder test`: results told as they come, then the reports, and the exit code."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from phone_recorder.cli.main import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE
from phone_recorder.cli.output import complain
from phone_recorder.cli.test import EXIT_TROUBLE, OURS
from phone_recorder.cli.test_place import place_of
from phone_recorder.cli.test_reports import Run, wanted_reports, write_reports
from phone_recorder.cli.test_telling import JsonLines, Lines, Teller
from phone_recorder.harness.report.replay import Command
from phone_recorder.harness.report.tally import MOST_DETAILED, Tally
from phone_recorder.harness.runner.running import RunOptions, run
from phone_recorder.harness.runner.seeds import draw_seed

if TYPE_CHECKING:
    from phone_recorder.harness.runner.one_case import Engine
    from phone_recorder.harness.runner.result import Outcome, Result
    from phone_recorder.harness.scenario.case import Case
    from phone_recorder.harness.subjects.subject import UnderTest

Runner = Callable[[Sequence["Case"], RunOptions], Iterator["Result"]]
EXITS: dict[Outcome, int] = {
    "trouble": EXIT_TROUBLE,
    "bad": EXIT_USAGE,
    "failed": EXIT_FAILED,
    "passed": 0,
    "skipped": EXIT_USAGE,
}
"""By the worst outcome of a run: if all was skipped, nothing was tested, and that must not look as if it had been."""
LIVE_A_CPU = 4
"""Cases at a time in real time: each needs some 3 % of a CPU, and more while it begins and when it is judged."""


def run_cases(
    cases: Sequence[Case], options: dict[str, Any], engine: Engine | None = None, subject: UnderTest | None = None
) -> int:
    """Play them, tell of each and write the reports; the exit code. UsageError if one of these cannot be done.

    What is played is the `subject`, or our own phone by the `engine`.
    """
    command = _command(options, subject.words if subject else ())
    reports = wanted_reports(options, cases)
    began_at = datetime.now()
    with place_of(options["keep"]) as place:
        runner = subject.run if subject else partial(run, engine=engine)
        teller = JsonLines() if options["as_json"] else Lines(options["quiet"])
        results, tally, interrupted = _played(cases, _run_options(options, command.seed, place), teller, runner)
        teller.end(tally, command)
        written = write_reports(reports, Run(results, command, began_at, tally.took_s))
    if any(result.ours for result in results):
        complain(OURS)
    if interrupted:
        complain("interrupted: not all cases have been played")
        return EXIT_INTERRUPTED
    if teller.lost:
        raise teller.lost
    if tally.worst == "skipped":
        complain(f"nothing was played: {_skipped(results)}")
    return EXITS[tally.worst] if written else EXIT_TROUBLE


def _played(
    cases: Sequence[Case], options: RunOptions, teller: Teller, runner: Runner
) -> tuple[list[Result], Tally, bool]:
    """All results, and whether Ctrl-C came before the last; those until nobody could be told of them any more."""
    results, tally, began, interrupted = [], Tally(), perf_counter(), False
    try:
        for result in runner(cases, options):
            tally.add(result)
            results.append(_kept(result, tally))
            teller.one(result)
            if teller.lost:
                break
    except KeyboardInterrupt:
        interrupted = True
    tally.took_s = perf_counter() - began
    return results, tally, interrupted


def _kept(result: Result, tally: Tally) -> Result:
    """Without its evidence where no report shows it: that of thousands would not fit into memory."""
    return result if tally.wrong_count <= MOST_DETAILED else replace(result, evidence=None)


def _run_options(options: dict[str, Any], seed: int, place: Path) -> RunOptions:
    keep = options["keep"] is not None
    return RunOptions(
        seed=seed,
        place=place,
        jobs=options["jobs"] or _usual_jobs(options["live"]),
        stop=options["stop"],
        live=options["live"],
        wanted=keep or options["html"] is not None,
        everything=keep,
        debug=options["debug"],
        timeout_s=options.get("timeout") or None,
    )


def _usual_jobs(live: bool) -> int:
    """One a CPU; cases in real time wait most of the time."""
    return len(os.sched_getaffinity(0)) * (LIVE_A_CPU if live else 1)


def _skipped(results: Sequence[Result]) -> str:
    many = f"{len(results)} cases were skipped, the first because" if len(results) > 1 else "the case was skipped:"
    return f"{many} {results[0].why}"


def _command(options: dict[str, Any], words: Sequence[str]) -> Command:
    """The run as it was asked for; `words` are the subject's."""
    live = ["--live"] if options["live"] else []
    repeat = ["--repeat", str(options["repeat"])] if options["repeat"] > 1 else []
    chosen = ["-k", options["expression"]] if options["expression"] else []
    tags = [word for tag in options["tags"] for word in ("--tag", tag)]
    seed = draw_seed() if options["seed"] is None else options["seed"]
    return Command(seed, (*words, *live, *repeat, *_timeout()), (*chosen, *tags), _paths(options))


def _timeout() -> list[str]:
    """The limit of a case, if it was given: a case that was not over in time is not again."""
    context = click.get_current_context(silent=True)
    given = context and context.get_parameter_source("timeout") is ParameterSource.COMMANDLINE
    return ["--timeout", f"{context.params['timeout']:g}"] if context and given else []


def _paths(options: dict[str, Any]) -> tuple[Path, ...]:
    """Those that were given; of a session that was recorded, its file."""
    if options["record"]:
        return (options["record"],)
    context = click.get_current_context(silent=True)
    return tuple(context.params.get("paths", ())) if context else ()
