"""What the commands of `phone-recorder recordings` share: which server, and which recordings."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from phone_recorder.cli.secret_file import read_secret

if TYPE_CHECKING:
    from phone_recorder.server.remote import RemoteRecordings

DEFAULT_SERVER = "http://127.0.0.1:8088"
TOKEN_VARIABLE = "PHONE_RECORDER_TOKEN"

Command = Callable[..., Any]

_TEXTS = {
    "text": "A part of a number, a name, the device or the id.",
    "number": "A part of either party's number.",
    "name": "A part of either party's name.",
    "device": "A part of the phone's MAC address.",
    "codec": "PCMU, PCMA or G722.",
}
_CHOICES = {"direction": ("in", "out"), "state": ("recording", "recorded", "cut short")}
_TIMES = {
    "since": "Started at this local time, such as 2024-01-31 or '2024-01-31 15:00', or later.",
    "until": "Started before this local time.",
}
_TIME_FORMATS = [f"%Y-%m-%d{time}" for time in ("", " %H:%M", "T%H:%M", " %H:%M:%S", "T%H:%M:%S")]
_FILTERS = (*_TEXTS, *_CHOICES, *_TIMES)
"""Options that are the API's query parameters of the same names."""

_SERVER = (
    click.option(
        "--server", metavar="URL", default=DEFAULT_SERVER, show_default=True, help="The record server's web page."
    ),
    click.option(
        "--token-file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help=f"Read the token from FILE, - for standard input.  [default: the variable {TOKEN_VARIABLE}]",
    ),
    click.option(
        "--cacert",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Trust the certificates in this PEM file, and not the system's.",
    ),
    click.option("--insecure", is_flag=True, help="Send the token over a network without TLS, for others to read."),
)


def server_options(command: Command) -> Command:
    """Add the options that say which server, for `server_of`."""
    return _with(_SERVER, command)


def filters_options(command: Command) -> Command:
    """Add the options that say which recordings, for `filters_of`."""
    texts = [click.option(f"--{name}", metavar="TEXT", help=help_) for name, help_ in _TEXTS.items()]
    choices = [click.option(f"--{name}", type=click.Choice(values)) for name, values in _CHOICES.items()]
    time = click.DateTime(_TIME_FORMATS)
    times = [click.option(f"--{name}", type=time, metavar="TIME", help=help_) for name, help_ in _TIMES.items()]
    return _with((*texts, *choices, *times), command)


def server_of(options: Mapping[str, object]) -> RemoteRecordings:
    """The server that the options name; UsageError if they do not fit together."""
    from phone_recorder.adapters.server_url import ServerUrl
    from phone_recorder.adapters.web_client import WebClient
    from phone_recorder.server.remote import RemoteRecordings

    file, cacert = cast("Path | None", options["token_file"]), cast("Path | None", options["cacert"])
    token = read_secret(file) if file else os.environ.get(TOKEN_VARIABLE, "")
    url = ServerUrl.parse(str(options["server"]))
    return RemoteRecordings(WebClient(url, token, cacert, insecure=bool(options["insecure"])))


def filters_of(options: Mapping[str, object]) -> dict[str, str]:
    """The filters that were given, as the API's query parameters; times in seconds since 1970."""
    given = {name: value for name in _FILTERS if (value := options[name]) is not None}
    return {name: _seconds(name, value) if isinstance(value, datetime) else str(value) for name, value in given.items()}


def _seconds(name: str, when: datetime) -> str:
    try:
        return f"{when.timestamp():.0f}"
    except (ValueError, OverflowError, OSError) as error:
        raise click.BadParameter("the calendar here does not go that far", param_hint=f"'--{name}'") from error


def _with(options: tuple[Callable[[Command], Command], ...], command: Command) -> Command:
    """The command with these options, in this order in its help."""
    for option in reversed(options):
        command = option(command)
    return command
