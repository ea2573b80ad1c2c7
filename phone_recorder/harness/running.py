"""A run: cases played in several processes, and their results in the order of the cases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from phone_recorder.harness.one_case import Engine, Trial, real_engine, trouble, try_case
from phone_recorder.harness.result import Result
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.seeds import seed_of
from phone_recorder.harness.workers import in_order

NOT_PASSED = {"failed", "bad", "trouble"}
_UNSAFE = re.compile(r"[^\w.,=+-]+")
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run goes. `seed`: the run's; `place`: a directory in which each case gets one of its own.

    `wanted`, `everything`, `debug`: see Trial. `stop`: no more after the first that has not passed.
    """

    seed: int
    place: Path
    jobs: int = 1
    stop: bool = False
    live: bool = False
    wanted: bool = False
    everything: bool = False
    debug: bool = False


def run(cases: Sequence[Case], options: RunOptions, engine: Engine | None = None) -> Iterator[Result]:
    """Each case's result as soon as it and those before it are there. UsageError if it cannot be played like that."""
    playing = engine or real_engine(options.live)
    trials = trials_of(cases, options)
    results = in_order(
        lambda number: try_case(trials[number], playing),
        len(trials),
        options.jobs,
        lambda number, ending: trouble(trials[number], ending),
    )
    with closing(results):
        for result in results:
            yield result
            if options.stop and result.outcome in NOT_PASSED:
                return


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
