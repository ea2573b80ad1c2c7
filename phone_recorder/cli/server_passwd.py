"""`phone-recorder server passwd` and `server token`: who may see the recordings of a record server."""

from __future__ import annotations

from pathlib import Path

import click

from phone_recorder.cli.passwd import passwd_command, token_command

_storage = click.option(
    "--storage",
    "place",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="The server's directory for the record files.",
)


def _path_of(storage: Path) -> Path:
    from phone_recorder.server.credentials_file import credentials_path

    return credentials_path(storage)


passwd = passwd_command(
    _storage,
    _path_of,
    """Set a user's password for the record server's web page, and add the user if it is a new one.

    Asks for the password on a terminal. A running server lets the user in at once.

    \b
    phone-recorder server passwd --storage ./recordings
    phone-recorder server passwd --storage ./recordings --user lee --password-file - < secret
    """,
)
token = token_command(
    _storage,
    _path_of,
    """Make a token with which programs use the record server's API, and print it. It is never shown again.

    \b
    phone-recorder server token --storage ./recordings --label backup > token
    phone-recorder server token --storage ./recordings --label backup --revoke
    """,
)
