"""`phone-recorder repair`: record files that a crash or a pulled stick cut short, made whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from phone_recorder.adapters.record_repair import Repair, record_files, repair
from phone_recorder.cli.main import EXIT_FAILED, EXIT_USAGE
from phone_recorder.cli.output import complain, shown
from phone_recorder.errors import UsageError


class Named(click.Path):
    """A path that is not empty: as a path that is the current directory, which nobody has meant."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            raise UsageError("an empty path names no file and no directory: give the stick's, or . for this one")
        return super().convert(value, param, ctx)


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=Named(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be mended, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, one object a file.")
@click.pass_context
def command(ctx: click.Context, paths: tuple[Path, ...], dry_run: bool, as_json: bool) -> None:
    """Mend record files that were cut short: each PATH is a file, or a directory with Record_*.wav files.

    The header is made to say what is there, and a last short packet is filled up with silence: no audio is lost.
    Zeros behind the last true header, which a drive has not stored before it was pulled out, become silence.
    A good file is not touched, and one that is being recorded is left alone. Exit code 1 if a file could not be
    mended, 2 if one could not be read.

    \b
    phone-recorder repair ./stick
    phone-recorder repair --dry-run ./stick/Record_20240131120000.wav
    """
    unreadable: list[UsageError] = []
    repairs = []
    for done in _repairs(paths, dry_run, unreadable):
        repairs.append(done)
        if not as_json:
            click.echo(sentence(done))
    if as_json:
        click.echo(json.dumps([facts(done) for done in repairs], indent=2))
    for error in unreadable:
        complain(error)
    if unreadable:
        ctx.exit(EXIT_USAGE)
    if any(done.failed for done in repairs):
        ctx.exit(EXIT_FAILED)


def facts(done: Repair) -> dict[str, object]:
    """The JSON object of a file."""
    return {
        "path": str(done.path),
        "result": done.result.value,
        "problems": list(done.problems),
        "padding": done.padding,
        "blank": done.blank,
        "why": done.why,
    }


def sentence(done: Repair) -> str:
    """What became of a file, in one line."""
    padding = f"; {done.padding} bytes of silence fill its last packet" if done.padding else ""
    blank = f"; {done.blank} bytes that were never stored are silence" if done.blank else ""
    detail = done.why or "; ".join(done.problems)
    return shown(f"{done.path}: {done.result}{': ' if detail else ''}{detail}{padding}{blank}")


def _repairs(paths: Iterable[Path], dry_run: bool, unreadable: list[UsageError]) -> Iterator[Repair]:
    """Each file that can be read; why the others cannot goes to `unreadable`."""
    for path in paths:
        try:
            files = record_files(path)
        except UsageError as error:
            unreadable.append(error)
            continue
        if not files:
            click.echo(f"there is no Record_*.wav in {shown(path)}", err=True)
        for file in files:
            try:
                # Whoever names a link means what it leads to; in a directory there may be links of others.
                yield repair(file, dry_run, follow=file == path)
            except UsageError as error:
                unreadable.append(error)
