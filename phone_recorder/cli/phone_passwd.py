"""`phone-recorder phone passwd` and `phone token`: who may use the web page of an emulated phone."""

from __future__ import annotations

from pathlib import Path

import click

from phone_recorder.cli.parameters import PathGiven
from phone_recorder.cli.passwd import passwd_command, token_command
from phone_recorder.cli.phone_web import credentials_path
from phone_recorder.cli.settings_options import DEFAULT_CONFIG

_config = click.option(
    "--config",
    "place",
    type=PathGiven(path_type=Path, dir_okay=False),
    metavar="FILE",
    default=DEFAULT_CONFIG,
    show_default=True,
    help="The phone's settings file, which need not be there yet.",
)

passwd = passwd_command(
    _config,
    credentials_path,
    """Set a user's password for the phone's web page, and add the user if it is a new one.

    Asks for the password on a terminal. A running phone lets the user in at once.

    \b
    phone-recorder phone passwd
    phone-recorder phone passwd --config ./bx6.toml --user lee --password-file - < secret
    """,
)
token = token_command(
    _config,
    credentials_path,
    """Make a token with which programs use the phone's API, and print it. It is never shown again.

    \b
    phone-recorder phone token --label ci > token
    phone-recorder phone token --label ci --revoke
    """,
)
