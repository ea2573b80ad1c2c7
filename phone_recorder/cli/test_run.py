"""A run of `phone-recorder test`: results told as they come, then the reports, and the exit code."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

from phone_recorder.adapters.files import reason
from phone_recorder.cli.main import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE
from phone_recorder.cli.output import complain
from phone_recorder.cli.test import EXIT_TROUBLE
from phone_recorder.cli.test_telling import JsonLines, Lines, Teller
from phone_recorder.errors import UsageError
from phone_recorder.harness.collecting import missing
from phone_recorder.harness.report.tally import Tally
from phone_recorder.harness.running import RunOptions, run
from phone_recorder.harness.seeds import draw_seed

if TYPE_CHECKING:
    from phone_recorder.harness.one_case import Engine
    from phone_recorder.harness.result import Outcome, Result
    from phone_recorder.harness.scenario.case import Case
    from phone_recorder.harness.subjects.subject import UnderTest

Runner = Callable[[Sequence["Case"], RunOptions], Iterator["Result"]]
Report = Callable[[Sequence["Result"], int, datetime, float], bytes]
"""From results, the run's seed, when it began and how many seconds it took to a file's content."""

EXITS: dict[Outcome, int] = {
    "trouble": EXIT_TROUBLE,
    "bad": EXIT_USAGE,
    "failed": EXIT_FAILED,
    "passed": 0,
    "skipped": 0,
}
"""By the worst outcome of a run."""
LIVE_A_CPU = 4
"""Cases at a time in real time: each needs some 3 % of a CPU, and more while it begins and when it is judged."""


def run_cases(
    cases: Sequence[Case], options: dict[str, Any], engine: Engine | None = None, subject: UnderTest | None = None
) -> int:
    """Play them, tell of each and write the reports; the exit code. UsageError if one of these cannot be done.

    What is played is the `subject`, or our own phone by the `engine`.
    """
    seed = draw_seed() if options["seed"] is None else options["seed"]
    reports = _reports(options)
    began_at = datetime.now()
    with _place(options["keep"]) as place:
        runner = subject.run if subject else partial(run, engine=engine)
        teller = _teller(options, subject.words if subject else ())
        results, tally, interrupted = _played(cases, _run_options(options, seed, place), teller, runner)
        for path, report in reports.items():
            _write(path, report(results, seed, began_at, tally.took_s))
    if interrupted:
        complain("interrupted: not all cases have been played")
        return EXIT_INTERRUPTED
    return EXITS[tally.worst]


def _played(
    cases: Sequence[Case], options: RunOptions, teller: Teller, runner: Runner
) -> tuple[list[Result], Tally, bool]:
    """All results, and whether Ctrl-C came before the last."""
    results, tally, began, interrupted = [], Tally(), perf_counter(), False
    try:
        for result in runner(cases, options):
            results.append(result)
            tally.add(result)
            teller.one(result)
    except KeyboardInterrupt:
        interrupted = True
    tally.took_s = perf_counter() - began
    teller.end(tally, options.seed)
    return results, tally, interrupted


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
    )


def _usual_jobs(live: bool) -> int:
    """One a CPU; cases in real time wait most of the time."""
    return len(os.sched_getaffinity(0)) * (LIVE_A_CPU if live else 1)


def _teller(options: dict[str, Any], words: Sequence[str]) -> Teller:
    """`words` are the subject's."""
    live = ["--live"] if options["live"] else []
    repeat = [f"--repeat {options['repeat']}"] if options["repeat"] > 1 else []
    return JsonLines() if options["as_json"] else Lines(options["quiet"], [*map(shlex.quote, words), *live, *repeat])


@contextmanager
def _place(keep: Path | None) -> Iterator[Path]:
    """Where cases are played: in a directory that is kept, or in one that is gone when the reports are written."""
    if keep is None:
        with TemporaryDirectory(prefix="phone-recorder-") as place:
            yield Path(place)
        return
    try:
        keep.mkdir(parents=True, exist_ok=True)
        empty = not any(keep.iterdir())
    except OSError as error:
        raise UsageError(f"--keep {keep}: {reason(error)}") from error
    if not empty:
        raise UsageError(f"--keep {keep} is not empty: name another directory, or empty it")
    yield keep


def _reports(options: dict[str, Any]) -> dict[Path, Report]:
    """Those that are wanted. That they can be made and written is known before minutes of playing."""
    reports: dict[Path, Report] = {}
    for name, load in _LOADERS.items():
        path: Path | None = options[name]
        if path and not path.parent.is_dir():
            raise UsageError(f"--{name} {path}: there is no directory {path.parent}")
        if path:
            reports[path] = load()
    return reports


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {reason(error)}") from error


def _junit() -> Report:
    from phone_recorder.harness.report.junit import junit

    return lambda results, seed, began_at, took_s: junit(results, seed, began_at)


def _html() -> Report:
    for package in ("jinja2", "numpy"):
        if find_spec(package) is None:
            raise missing(package)

    def made(results: Sequence[Result], seed: int, began_at: datetime, took_s: float) -> bytes:
        # Not before: processes are forked, and numpy has threads.
        from phone_recorder.harness.report.page import page

        return page(results, seed, began_at, took_s)

    return made


_LOADERS: dict[str, Callable[[], Report]] = {"junit": _junit, "html": _html}
"""By option."""
