"""A run: cases played in several processes, and their results in the order of the cases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree

from phone_recorder.harness.evidence import Failure
from phone_recorder.harness.runner.machine import lack_at_end
from phone_recorder.harness.runner.one_case import Engine, Trial, real_engine, trouble, try_case
from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.runner.seeds import seed_of
from phone_recorder.harness.runner.worker import Ending
from phone_recorder.harness.runner.workers import in_order
from phone_recorder.harness.scenario.case import Case
from phone_recorder.recording.units import to_seconds

NOT_PASSED = {"failed", "bad", "trouble"}
PACE = 60
"""Under the virtual clock a case is more than so many times as fast as in real time, on a busy machine too."""
_UNSAFE = re.compile(r"[^\w.,=+-]+")
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run goes. `seed`: the run's; `place`: a directory in which each case gets one of its own.

    `wanted`, `everything`, `debug`: see Trial. `stop`: no more after the first that has not passed. `timeout_s`: what a
    case may take beyond its length, see allowed_s; it has a process of its own then, of one job too. None: any time.
    """

    seed: int
    place: Path
    jobs: int = 1
    stop: bool = False
    live: bool = False
    wanted: bool = False
    everything: bool = False
    debug: bool = False
    timeout_s: float | None = None


def run(cases: Sequence[Case], options: RunOptions, engine: Engine | None = None) -> Iterator[Result]:
    """Each case's result as soon as it and those before it are there. UsageError if it cannot be played like that."""
    playing = engine or real_engine(options.live)
    trials = trials_of(cases, options)
    limits_s = [allowed_s(case, options.timeout_s or 0, playing.live) for case in cases]
    results = in_order(
        lambda number: try_case(trials[number], playing),
        len(trials),
        options.jobs,
        lambda number, ending: _ended(trials[number], ending, limits_s[number]),
        None if options.timeout_s is None else limits_s.__getitem__,
        lambda: None if options.everything else rmtree(options.place, ignore_errors=True),
    )
    with closing(results):
        for result in results:
            yield result
            if options.stop and result.outcome in NOT_PASSED:
                return


def allowed_s(case: Case, timeout_s: float, live: bool) -> float:
    """Real seconds that a case may take: the timeout, and its own length, or a sixtieth of it under the virtual clock.

    Its length is that of its first call, or until its last step or look.
    """
    looks = [expectation.at or 0 for expectation in case.expected]
    length_s = to_seconds(max(case.call.length, *looks, *(step.at for step in case.steps), 0))
    return timeout_s + (length_s if live else length_s / PACE)


def _ended(trial: Trial, ending: Ending, limit_s: float) -> Result:
    """The result of a case whose process has ended."""
    if ending.overdue:
        seen = "it was ended: is there a pattern in it that tries without end, or does it need a longer --timeout?"
        failure = Failure(f"over within {round(limit_s, 1):g} s of real time", seen)
        return Result(trial.case, "failed", trial.seed, (failure,), took_s=limit_s)
    why = lack_at_end(ending)
    return trouble(trial, why or str(ending), of_machine=bool(why))


def repeated(cases: Sequence[Case], times: int) -> tuple[Case, ...]:
    """Each case so many times, `#2` and so on at the end of its name: each with another seed, if it fixes none."""
    again = (replace(case, name=f"{case.name} #{number}") for number in range(2, times + 1) for case in cases)
    return (*cases, *again)


def trials_of(cases: Sequence[Case], options: RunOptions) -> list[Trial]:
    """Each case with its seed and its directory."""
    return [
        Trial(
            case,
            seed_of(case, options.seed),
            options.place / f"{number:03}-{_directory(case.name)}",
            options.wanted,
            options.everything,
            options.debug,
        )
        for number, case in enumerate(cases, 1)
    ]


def _directory(name: str) -> str:
    """A name as one of a directory: any file system takes it, and paths stay short."""
    return _UNSAFE.sub("_", name)[:_LONGEST]
