"""`phone-recorder inspect`: what record files say of themselves, and what is true of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from phone_recorder.adapters.record_reader import open_record
from phone_recorder.cli.main import EXIT_USAGE
from phone_recorder.cli.output import complain, shown
from phone_recorder.errors import UsageError
from phone_recorder.wire.record_file import Examination


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, one object a file.")
@click.pass_context
def command(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Show what record files say of themselves.

    Codec, rtpLen, increment and dataSize are what the header says; packets and duration are of the audio that is
    there. Damaged files are shown with their problems, and `repair` mends them. Exit code 2 if a file cannot be read.

    \b
    phone-recorder inspect ./stick/Record_*.wav
    phone-recorder inspect --json ./stick/Record_20240131120000.wav
    """
    unreadable: list[UsageError] = []
    found = _examinations(files, unreadable)
    if as_json:
        click.echo(json.dumps([facts(path, examination) for path, examination in found], indent=2))
    else:
        _print_blocks(found)
    for error in unreadable:
        complain(error)
    if unreadable:
        ctx.exit(EXIT_USAGE)


def facts(path: Path, examination: Examination) -> dict[str, object]:
    """The JSON object of a file."""
    header = examination.header
    return {
        "path": str(path),
        "codec": examination.codec,
        "rtp_len": examination.rtp_len,
        "increment": examination.increment,
        "data_size": examination.data_size,
        "packets": header.packets if header else 0,
        "duration_s": header.duration_s if header else 0.0,
        "complete": examination.complete,
        "problems": list(examination.problems),
        "rtp_blocks": examination.rtp_blocks,
        "file_size": examination.file_size,
    }


def _examinations(files: Iterable[Path], unreadable: list[UsageError]) -> Iterator[tuple[Path, Examination]]:
    """Each file that can be read; why the others cannot goes to `unreadable`."""
    for path in files:
        try:
            with open_record(path) as record:
                examination = record.examination
        except UsageError as error:
            unreadable.append(error)
        else:
            yield path, examination


def _print_blocks(found: Iterable[tuple[Path, Examination]]) -> None:
    for number, (path, examination) in enumerate(found):
        if number:
            click.echo()
        click.echo(shown(path))
        for name, value in _lines(examination):
            click.echo(f"  {name:<10} {shown(value)}")


def _lines(examination: Examination) -> Iterator[tuple[str, str]]:
    if header := examination.header:
        blocks = "RTP packets" if examination.rtp_blocks else "payloads"
        yield "codec", examination.codec
        yield "rtpLen", f"{examination.rtp_len} bytes"
        yield "increment", f"{examination.increment} units of the RTP clock"
        yield "dataSize", f"{examination.data_size} bytes"
        yield "packets", f"{header.packets} {blocks}"
        yield "duration", f"{header.duration_s:.3f} s"
    yield "file size", f"{examination.file_size} bytes"
    yield "complete", "yes" if examination.complete else "no"
    for problem in examination.problems:
        yield "problem", problem
