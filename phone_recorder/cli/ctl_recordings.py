"""`phone-recorder ctl recordings`: the recordings on the drive of the phone that the agent runs on."""

from __future__ import annotations

import click

from phone_recorder.cli.ctl_asking import DRIVE_S, Asking, takes_json
from phone_recorder.cli.ctl_shown import recording_lines, word
from phone_recorder.wire.printable import printable

NONE = "there are no recordings"


@click.group(invoke_without_command=True)
@takes_json
@click.pass_context
def recordings(ctx: click.Context) -> None:
    """List the recordings on the drive, newest first; delete one, or export it.

    \b
    phone-recorder ctl recordings
    phone-recorder ctl recordings export Record_20260102101500.wav
    """
    if ctx.invoked_subcommand is None:
        _list(ctx.ensure_object(Asking))


@recordings.command("list")
@takes_json
@click.pass_obj
def list_(asking: Asking) -> None:
    """List the recordings on the drive, newest first.

    \b
    phone-recorder ctl recordings list
    """
    _list(asking)


@recordings.command()
@click.argument("name")
@takes_json
@click.pass_obj
def delete(asking: Asking, name: str) -> None:
    """Delete a recording for ever.

    \b
    phone-recorder ctl recordings delete Record_20260102101500.wav
    """
    answer = asking.ask("recordings.delete", {"name": name}, DRIVE_S)
    asking.show(answer, lambda _: [f"{printable(name)}: deleted"])


@recordings.command()
@click.argument("name")
@takes_json
@click.pass_obj
def export(asking: Asking, name: str) -> None:
    """Write a recording as a WAV file beside it, on the drive.

    \b
    phone-recorder ctl recordings export Record_20260102101500.wav
    """
    answer = asking.ask("recordings.export", {"name": name}, DRIVE_S)
    asking.show(answer, lambda exported: [f"{printable(name)}: exported to {word(exported, 'path')}"])


def _list(asking: Asking) -> None:
    asking.show(asking.ask("recordings.list", None, DRIVE_S), lambda answer: [*recording_lines(answer)] or [NONE])
