"""What faults cost: `python -m tests.reliability` runs every test that measures it, and prints one table.

A test asks for the fixture `reliability` (tests/system/conftest.py) and tells it what one run of a case has cost. A
second table tells how soon a stick is ready, and its removal seen (tests/bench/usb.py). With `--write` both take the
places of those in docs/reliability.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from tests.bench import usb

RESULTS = "RELIABILITY_RESULTS"
"""Names a file: every run of a case appends one line of JSON to it. Without it nothing is kept."""
MARKER = "reliability"
"""The mark that each test with the fixture gets by itself, so that it can be chosen."""
PAGE = Path(__file__).parent.parent / "docs" / "reliability.md"
BEGIN, END = "<!-- the table begins -->\n", "<!-- the table ends -->\n"
SPEED_BEGIN, SPEED_END = "<!-- the times begin -->\n", "<!-- the times end -->\n"
TITLES = ("case", "runs", "files lost", "most audio lost", "longest until the screen says so")


@dataclass(frozen=True, slots=True)
class Case:
    """What `runs` runs of a case have cost at worst. `seen_s` is None where no screen is left that could tell."""

    name: str
    lost_s: float
    seen_s: float | None = None
    files_lost: int = 0
    runs: int = 1
    note: str = ""

    def plus(self, other: Case) -> Case:
        """Both together: the worst of each."""
        seen = [s for s in (self.seen_s, other.seen_s) if s is not None]
        return Case(
            self.name,
            max(self.lost_s, other.lost_s),
            max(seen, default=None),
            self.files_lost + other.files_lost,
            self.runs + other.runs,
            self.note or other.note,
        )

    @property
    def title(self) -> str:
        """What its line in the table begins with."""
        return f"{self.name} ({self.note})" if self.note else self.name

    @property
    def row(self) -> tuple[str, ...]:
        """The cells of its line in the table."""
        seen = "-" if self.seen_s is None else f"{self.seen_s:.2f} s"
        return (self.title, str(self.runs), str(self.files_lost), f"{self.lost_s:.2f} s", seen)


def keep(case: Case) -> None:
    """Append a case to the file of results; without one, it must have its line on the page already."""
    if path := os.environ.get(RESULTS):
        with Path(path).open("a") as file:
            file.write(json.dumps(asdict(case)) + "\n")
    elif case.title not in titles(PAGE.read_text()):
        raise LookupError(f"{case.title!r} has no line in docs/{PAGE.name}: run python -m tests.reliability --write")


def titles(page: str) -> list[str]:
    """The cases in the page's table."""
    inside, _, _ = page.partition(BEGIN)[2].partition(END)
    return [line.split(" | ")[0].removeprefix("| ") for line in inside.splitlines() if line.startswith("| ")][2:]


def summary(lines: Iterable[str]) -> list[Case]:
    """Every case once, in the order in which they first came."""
    found: dict[str, Case] = {}
    for line in lines:
        case = Case(**json.loads(line))
        found[case.name] = found[case.name].plus(case) if case.name in found else case
    return list(found.values())


def table(cases: list[Case]) -> str:
    """In Markdown."""
    rows = [TITLES, ("---",) * len(TITLES), *(case.row for case in cases)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def with_table(page: str, made: str, marks: tuple[str, str] = (BEGIN, END)) -> str:
    """The page with this table in place of its own."""
    before, begin, rest = page.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not (begin and end):
        raise ValueError(f"the page has no place for a table: {marks[0]!r} and {marks[1]!r} are missing")
    return f"{before}{begin}\n{made}\n{end}{after}"


def run(words: list[str]) -> tuple[int, list[Case]]:
    """Run the tests, with further words for pytest; its exit code and what was measured."""
    with tempfile.TemporaryDirectory() as name:
        results = Path(name) / "results"
        results.touch()
        command = [sys.executable, "-m", "pytest", "-m", MARKER, str(Path(__file__).parent / "system"), *words]
        done = subprocess.run(command, env={**os.environ, RESULTS: str(results)}, stdout=sys.stderr)
        return done.returncode, summary(results.read_text().splitlines())


def main() -> None:
    parser = argparse.ArgumentParser(description="Make faults, measure what they cost, print it as a table.")
    parser.add_argument("--write", action="store_true", help=f"put the table into docs/{PAGE.name} too")
    chosen, words = parser.parse_known_args()
    code, cases = run(words)
    print(table(cases))
    speed = measured_speed()
    print(speed, end="")
    if chosen.write and code == 0:
        page = with_table(PAGE.read_text(), table(cases))
        PAGE.write_text(with_table(page, speed, (SPEED_BEGIN, SPEED_END)) if speed else page)
    sys.exit(code)


def measured_speed() -> str:
    """The second table; nothing where this machine has not what it takes."""
    try:
        with tempfile.TemporaryDirectory() as name:
            return usb.table(usb.times(Path(name)))
    except pytest.skip.Exception as reason:
        print(f"skipped: {reason}", file=sys.stderr)
        return ""


if __name__ == "__main__":
    main()
