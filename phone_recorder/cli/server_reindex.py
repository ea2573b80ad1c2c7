"""`phone-recorder server reindex`: the catalogue of a record server, made anew from its files."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--storage",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="The server's directory for the record files.",
)
def reindex(storage: Path) -> None:
    """Make a record server's catalogue anew from its record files, and complete what a killed server left.

    The files are the truth: nothing is lost with the catalogue. The server must not be running.
    """
    from phone_recorder.cli.output import tell
    from phone_recorder.server.recovery import reindex as make_anew

    for done in make_anew(storage):
        tell(f"{done.name}: {done.deed}{f': {done.detail}' if done.detail else ''}")
