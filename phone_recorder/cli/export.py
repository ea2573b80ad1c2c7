"""`phone-recorder export`: a record file as a WAV file that any player reads."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    short_help="Turn a record file into a WAV file.",
    epilog="Example: phone-recorder export stick/Record_20260314150926.wav -o call.wav",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The WAV file to write."
)
@click.option(
    "--codec",
    type=click.Choice(["pcm16", "original"]),
    default="pcm16",
    show_default=True,
    help="pcm16 is read everywhere; original keeps the recording's own codec, a half or a quarter of the size.",
)
@click.option("--force", is_flag=True, help="Replace the output if it is there.")
def command(file: Path, output: Path, codec: str, force: bool) -> None:
    """Turn the record file FILE into a RIFF WAV file.

    A record file is not a WAV file in spite of its name. A damaged one is exported as far as its audio goes.
    """
    from phone_recorder.adapters.record_convert import export_record
    from phone_recorder.cli.output import complain, shown

    converted = export_record(file, output, original=codec == "original", force=force)
    for problem in converted.problems:
        complain(f"{file}: {problem}")
    if converted.problems:
        complain(f"{file} is damaged, and was exported as far as its audio goes")
    click.echo(shown(f"{output}: {converted.duration_s:.3f} s"))
