"""`phone-recorder ctl`: drives the on-device agent that runs here, over its socket."""

from __future__ import annotations

from pathlib import Path

import click

from phone_recorder.cli.ctl_asking import Asking, takes_json
from phone_recorder.cli.lazy_commands import LazyCommands
from phone_recorder.cli.parameters import PathGiven

SOCKET_VARIABLE = "PHONE_RECORDER_SOCKET"

COMMANDS = {
    "status": "Say how the agent is, and what it records.",
    "call": "Tell the agent of calls, and list them.",
    "press": "Press the record key.",
    "drives": "List the USB drives.",
    "recordings": "List, delete and export recordings.",
    "settings": "Show and change the agent's settings.",
    "watch": "Follow what happens, a line for each event.",
    "ask": "Ask any method, and print its result.",
}
PLACES = {
    "status": ("ctl_status", "status"),
    "call": ("ctl_call", "call"),
    "press": ("ctl_status", "press"),
    "drives": ("ctl_status", "drives"),
    "recordings": ("ctl_recordings", "recordings"),
    "settings": ("ctl_settings", "settings"),
    "watch": ("ctl_watch", "watch"),
    "ask": ("ctl_status", "ask"),
}


@click.group(cls=LazyCommands, lines=COMMANDS, places=PLACES, no_args_is_help=False)
@click.option(
    "--socket",
    metavar="PATH",
    type=PathGiven(path_type=Path, readable=False),
    envvar=SOCKET_VARIABLE,
    show_envvar=True,
    help="The agent's socket.  [default: this user's agent, else the system's]",
)
@takes_json
@click.pass_obj
def command(asking: Asking, socket: Path | None) -> None:
    """Drive the on-device agent that runs here: tell it of calls, press its record key, see what it does.

    Exit code 2, and why in one sentence, if there is no agent, it may not be used by this user, or it refuses.

    \b
    phone-recorder ctl call start --remote-number 1002 --rtp mixed
    phone-recorder ctl press record
    phone-recorder ctl status
    phone-recorder ctl call end
    """
    asking.socket = socket
