"""`phone-recorder import`: a WAV file as a record file, as a phone would have recorded it."""

from __future__ import annotations

from pathlib import Path

import click

from phone_recorder.wire.payload import BY_NAME, PTIMES_MS


@click.command(
    name="import",
    short_help="Turn a WAV file into a record file.",
    epilog="Example: phone-recorder import speech.wav -o Record_20260314150926.wav --codec PCMA",
)
@click.argument("wav", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The record file to write."
)
@click.option(
    "--codec",
    required=True,
    type=click.Choice(list(BY_NAME), case_sensitive=False),
    metavar="|".join(BY_NAME),
    help="What to encode it with.",
)
@click.option(
    "--ptime",
    type=click.Choice([str(ptime) for ptime in PTIMES_MS]),
    default="20",
    show_default=True,
    help="Milliseconds in a packet.",
)
@click.option("--force", is_flag=True, help="Replace the output if it is there.")
def command(wav: Path, output: Path, codec: str, ptime: str, force: bool) -> None:
    """Turn WAV, of any sample rate, mono or stereo, into a record file.

    A record file in place of WAV is decoded, and encoded anew. The last packet is filled up with silence.
    """
    from phone_recorder.adapters.record_convert import import_audio

    converted = import_audio(wav, output, BY_NAME[codec], int(ptime), force=force)
    click.echo(f"{output}: {converted.duration_s:.3f} s of {codec}")
