"""`python -m tests.bench thousands`: each row measured in rounds, and printed as soon as it is.

Without options this takes a quarter of an hour, and wants two cores that nothing else uses.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tests.bench.bulk_peers import SECONDS
from tests.bench.mix import HOUR_S
from tests.bench.thousands import beside
from tests.bench.thousands.loads import LOADS, Load, at_most
from tests.bench.thousands.reach import numbers, search
from tests.bench.thousands.table import Line, Round, Taken, head, markdown

SHORT_ROUNDS, LONG_ROUNDS = 3, 1
"""Of rows that compare for some seconds, and of those that carry a load for half a minute or more."""
ROWS = ("offline", *LOADS, "cpu")


class Measure(NamedTuple):
    """Lines that are measured together: each round gives one figure of each."""

    lines: Sequence[Line]
    take: Callable[[Path], Sequence[Round]]
    rounds: int


def thousands(directory: Path, words: Sequence[str] = ()) -> None:
    """Print the table."""
    options = parser().parse_args(words)
    print(machine(words), *head(), sep="\n", flush=True)
    for name in options.row or ROWS:
        for measure in measures(name, options):
            with tempfile.TemporaryDirectory(dir=directory) as place:
                for taken in measured(name, measure, Path(place)):
                    print(markdown(taken.row), flush=True)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m tests.bench thousands", allow_abbrev=False)
    made.add_argument("--row", action="append", choices=ROWS, help="this one alone; may be given again")
    made.add_argument("--rounds", type=positive, help="of each row; 3 of short ones and 1 of long ones without it")
    made.add_argument("--reach", action="store_true", help="search for the most calls of which nothing is lost")
    made.add_argument("--calls", type=positive, help="no load of more than these, to try it")
    made.add_argument("--seconds", type=positive, help="of each load, and of what is mixed")
    return made


def positive(word: str) -> int:
    number = int(word)
    if number < 1:
        raise ValueError(word)
    return number


def machine(words: Sequence[str]) -> str:
    """What the figures were taken on, and with what command."""
    command = shlex.join(["python", "-m", "tests.bench", "thousands", *words])
    parts = (
        f"{os.cpu_count()} cores, {platform.machine()}",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        f"numpy {np.__version__}",
        f"load {os.getloadavg()[0]:.1f} before",
    )
    return f"`{command}`; {'; '.join(parts)}. One run where no median is named.\n"


def measures(name: str, options: argparse.Namespace) -> Iterator[Measure]:
    short, long = options.rounds or SHORT_ROUNDS, options.rounds or LONG_ROUNDS
    if name == "offline":
        seconds = options.seconds or HOUR_S
        yield Measure(beside.mixes(seconds), partial(beside.offline, seconds=seconds), short)
    elif name == "cpu":
        yield Measure(beside.CPU, partial(beside.cpu, seconds=options.seconds or SECONDS, most=options.calls), short)
    else:
        yield from load_measures(LOADS[name], options, long)


def load_measures(load: Load, options: argparse.Namespace, rounds: int) -> Iterator[Measure]:
    """Each number of calls is a line, and so is what a search for the most of them finds."""
    seconds = options.seconds or load.seconds
    for target, calls in at_most(load.targets, options.calls):
        line = Line(f"{load.what}, {calls:,} {load.whom}", target, load.unit, load.whom, load.peer)
        yield Measure([line], partial(once, load, calls, seconds), rounds)
    if options.reach:
        target = load.targets[-1]
        line = Line(f"{load.what}, most without loss", target, load.unit, load.whom)
        yield Measure([line], partial(most, load, seconds, options.calls), rounds)


def once(load: Load, calls: int, seconds: int, place: Path) -> list[Round]:
    return [load.carry(place, calls, seconds, bool(load.peer))]


def most(load: Load, seconds: int, cap: int | None, place: Path) -> list[Round]:
    """A round whose value is the most calls of which nothing was lost."""

    def carry(calls: int) -> Round:
        progress(f"  {calls:,} {load.whom}")
        return load.carry(place, calls, seconds, False)

    found = search(carry, numbers(load.first, load.targets[-1], cap))
    return [found.best._replace(value=found.calls, limit=found.ended)]


def measured(name: str, measure: Measure, place: Path) -> list[Taken]:
    """What ours does not come to an end of is told in its lines, and the rows after it go on."""
    taken = [Taken(line) for line in measure.lines]
    for number in range(measure.rounds):
        progress(f"{name}: {measure.lines[0].what}, round {number + 1} of {measure.rounds}")
        try:
            for each, found in zip(taken, measure.take(place), strict=True):
                each.rounds.append(found)
        except (RuntimeError, OSError, ValueError) as error:
            for each in taken:
                each.failure = f"failed: {error}"
            break
    return taken


def progress(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
