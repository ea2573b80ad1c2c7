"""`phone-recorder mix` of many pairs: in several processes, told while it goes on, and summed up."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any

import click

from phone_recorder.bulk.offline.archive import Batch, Failed, exists, make_directory, read_too, there
from phone_recorder.bulk.offline.pair import Mixed, Pair, same
from phone_recorder.bulk.offline.pairs import Archive, listed, paired
from phone_recorder.bulk.offline.target import Wish
from phone_recorder.cli.main import EXIT_FAILED
from phone_recorder.cli.output import complain, shown, tell
from phone_recorder.errors import UsageError
from phone_recorder.harness.runner.workers import in_order


def mix_archive(sides: tuple[Path, ...], output: Path, wish: Wish, options: dict[str, Any]) -> int:
    """Mix them all; the exit code. UsageError, before anything is written, if what was asked for makes no sense."""
    if exists(output) and not output.is_dir():
        raise UsageError(f"{output} is a file, and many are to be written: name a directory")
    if any(same(side, output) for side in sides):
        raise UsageError(f"{output} is the directory to read from: choose another one")
    archive = listed(options["pairs"], output) if options["pairs"] else paired(sides[0], sides[1], output)
    todo = _todo(archive, output, options)
    if todo:
        make_directory(output)
    telling = _Telling(len(todo))
    for path in archive.alone:
        telling.complain(f"{path}: there is no other side of that name")
    for path in archive.odd:
        telling.complain(f"{path}: it is a link, or no regular file: it was left out")
    _mix(Batch(todo, wish, options["force"]), options["jobs"] or len(os.sched_getaffinity(0)), telling)
    telling.end(len(archive.pairs) - len(todo))
    return EXIT_FAILED if telling.failed or telling.mixed < len(todo) or archive.alone or archive.odd else 0


def _todo(archive: Archive, output: Path, options: dict[str, Any]) -> Sequence[Pair]:
    """What is there already left out, if that was asked for."""
    if not archive.pairs:
        raise UsageError("there is nothing to mix: no two files belong together")
    if options["force"] and options["skip_existing"]:
        raise UsageError("--force replaces what is there, and --skip-existing leaves it: choose one of them")
    if options["force"] and (lost := read_too(archive.pairs)):
        raise UsageError(f"{lost[0]} is a file to read from: choose another directory, or another name")
    done = frozenset[Pair]() if options["force"] else there(archive.pairs)
    if done and not options["skip_existing"]:
        raise UsageError(
            f"{len(done)} of {len(archive.pairs)} files are in {output} already: "
            "add --skip-existing to go on with the others, or --force to replace them"
        )
    return [pair for pair in archive.pairs if pair not in done]


def _mix(batch: Batch, jobs: int, telling: _Telling) -> None:
    results = in_order(
        batch.mix, len(batch.pairs), jobs, lambda number, ending: Failed(f"{batch.pairs[number].out}: {ending}")
    )
    # Whatever ends this ends the processes too, and they remove what they have begun.
    with closing(results):
        for result in results:
            if telling.one(result):
                return


class _Telling:
    """Failures and damage as they come, on a terminal also how far it has got, and a summary."""

    def __init__(self, count: int) -> None:
        self.mixed = self.failed = 0
        self._damaged = 0
        self._count = count
        self._seconds = 0.0
        self._began = monotonic()
        self._terminal = sys.stderr is not None and sys.stderr.isatty()

    def one(self, result: Mixed | Failed) -> bool:
        """Tell of one; whether all the others would fail as it did."""
        if isinstance(result, Failed):
            self.failed += 1
            self.complain(result.why)
        else:
            self.mixed += 1
            self._seconds += result.duration_s
            self._damaged += bool(result.problems)
            for problem in result.problems:
                self.complain(problem)
        if self._terminal:
            click.echo(f"\r\x1b[K{self.mixed + self.failed} of {self._count}", nl=False, err=True)
        return isinstance(result, Failed) and result.full

    def complain(self, sentence: str) -> None:
        if self._terminal:
            click.echo("\r\x1b[K", nl=False, err=True)
        complain(sentence)

    def end(self, skipped: int) -> None:
        """The summary, in one line."""
        if self._terminal:
            click.echo("\r\x1b[K", nl=False, err=True)
        took = monotonic() - self._began
        counts = {
            "mixed": self.mixed,
            "damaged, and mixed as far as the audio goes": self._damaged,
            "failed": self.failed,
            "not begun": self._count - self.mixed - self.failed,
            "there already": skipped,
        }
        words = ", ".join(f"{count} {what}" for what, count in counts.items() if count or what == "mixed")
        if self.mixed:
            words += f": {_length(self._seconds)} in {took:.1f} s, {self._seconds / took:,.0f} x real time"
        tell(shown(words))


def _length(seconds: float) -> str:
    return f"{seconds / 3600:.2f} h" if seconds >= 3600 else f"{seconds:.1f} s"
