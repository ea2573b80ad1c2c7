"""`phone-recorder recordings`: the recordings of a record server, for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from phone_recorder.cli.main import EXIT_FAILED, EXIT_USAGE
from phone_recorder.cli.output import shown, tell
from phone_recorder.cli.recordings_options import filters_of, filters_options, server_of, server_options
from phone_recorder.cli.recordings_table import lines
from phone_recorder.errors import UsageError

if TYPE_CHECKING:
    from phone_recorder.server.remote import Form, RemoteRecordings


@click.group(no_args_is_help=False)
def command() -> None:
    """List, download and delete the recordings of a record server that was started with --http.

    A server on another machine wants a token, which `phone-recorder server token` makes.

    \b
    phone-recorder recordings list --server https://recorder.example --token-file token --number 200
    phone-recorder recordings get Record_20240131120000 -o call.wav
    """


@command.command("list")
@server_options
@filters_options
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, one object a recording.")
def list_(as_json: bool, **options: object) -> None:
    """List the recordings that fit all the filters, oldest first.

    \b
    phone-recorder recordings list --since 2024-01-31 --direction in
    phone-recorder recordings list --server https://recorder.example --token-file token --json
    """
    import msgspec

    entries = list(server_of(options).search(filters_of(options)))
    if as_json:
        click.echo(json.dumps([msgspec.to_builtins(entry) for entry in entries], indent=2))
        return
    for line in lines(entries):
        _print(line)


@command.command()
@click.argument("names", metavar="NAME...", nargs=-1)
@server_options
@filters_options
@click.option("--all", "all_", is_flag=True, help="Download all that fit the filters, in place of names.")
@click.option(
    "-o",
    "--output",
    metavar="FILE|DIR",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The file to write, or a directory for files of the recordings' names.  [default: here]",
)
@click.option("--record", is_flag=True, help="Download the record file as it is, in place of a WAV of its audio.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.pass_context
def get(
    ctx: click.Context, /, names: Sequence[str], all_: bool, output: Path, record: bool, force: bool, **options: object
) -> None:
    """Download recordings by their names, as `list` shows them.

    A file has its name only once it is whole. --all leaves out what is still being recorded. Exit code 2 if one of
    them could not be downloaded.

    \b
    phone-recorder recordings get Record_20240131120000 -o call.wav
    phone-recorder recordings get --all --number 200 -o calls/
    """
    from phone_recorder.server.remote import RECORD_FILE, WAV, recording_name

    filters = filters_of(options)
    if all_ == bool(names):
        raise click.UsageError("Name the recordings, or give --all")
    if filters and not all_:
        raise click.UsageError(f"--{next(iter(filters))} needs --all")
    _check_output(output, all_ or len(names) > 1)
    wanted = [recording_name(name) for name in names]
    server = server_of(options)
    if all_:
        wanted = [recording_name(entry.name) for entry in server.search(filters) if entry.state != "recording"]
    _each(ctx, wanted, _downloader(server, RECORD_FILE if record else WAV, output, force))


@command.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@server_options
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def rm(ctx: click.Context, /, names: Sequence[str], yes: bool, **options: object) -> None:
    """Delete recordings by their names, on the server, for ever.

    Exit code 2 if one of them could not be deleted, 1 if the answer was no.

    \b
    phone-recorder recordings rm Record_20240131120000
    phone-recorder recordings rm --yes Record_20240131120000 Record_20240131130000
    """
    from phone_recorder.server.remote import recording_name

    wanted = [recording_name(name) for name in names]
    server = server_of(options)
    if not yes and not _confirmed(wanted):
        tell("nothing was deleted")
        ctx.exit(EXIT_FAILED)

    def delete(name: str) -> None:
        server.delete(name)
        tell(f"{name}: deleted")

    _each(ctx, wanted, delete)


def _check_output(output: Path, many: bool) -> None:
    if many and not output.is_dir():
        raise UsageError(f"{shown(output)} is not a directory: make it first, or name one recording alone")


def _downloader(server: RemoteRecordings, form: Form, output: Path, force: bool) -> Callable[[str], None]:
    def download(name: str) -> None:
        path = output / f"{name}.wav" if output.is_dir() else output
        size = server.download(name, form, path, force)
        tell(f"{shown(path)}: {size} bytes")

    return download


def _each(ctx: click.Context, names: Iterable[str], do: Callable[[str], None]) -> None:
    """Do it to each. What is wrong with one is told, and leaves the others; what is wrong with the server ends it."""
    failed = False
    for name in names:
        try:
            do(name)
        except UsageError as error:
            click.echo(f"phone-recorder: {name}: {error}", err=True)
            failed = True
    if failed:
        ctx.exit(EXIT_USAGE)


def _confirmed(names: Sequence[str]) -> bool:
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("whether to delete is asked on a terminal alone: add --yes to delete without a question")
    what = names[0] if len(names) == 1 else f"these {len(names)} recordings"
    return click.confirm(f"Delete {what} for ever?", err=True)


def _print(line: str) -> None:
    """What the terminal has no letters for is shown as its code. Unlike what `tell` tells, a list must arrive."""
    if sys.stdout is None:  # closed before we began
        return
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(line.encode(encoding, "backslashreplace").decode(encoding))
