"""Who may see a web page: the commands `passwd` and `token`, of whatever has one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from phone_recorder.cli.option_groups import Decorator
from phone_recorder.cli.secret_file import read_secret
from phone_recorder.errors import UsageError

if TYPE_CHECKING:
    from phone_recorder.server.credentials import Credentials

PathOf = Callable[[Path], Path]
"""From what the option `place` names to the credentials file."""


def passwd_command(place: Decorator, path_of: PathOf, help_text: str) -> click.Command:
    """`passwd`; the option `place` says whose."""

    @click.command("passwd", help=help_text)
    @place
    @click.option("--user", metavar="NAME", default="admin", show_default=True, help="Who logs in with the password.")
    @click.option(
        "--password-file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Read the password from the only line of FILE, - for standard input.",
    )
    @click.option("--remove", is_flag=True, help="Remove the user.")
    @click.option("--list", "list_", is_flag=True, help="List the users.")
    def passwd(place: Path, user: str, password_file: Path | None, remove: bool, list_: bool) -> None:
        _one_at_most({"--remove": remove, "--list": list_, "--password-file": password_file is not None})
        credentials = _credentials(path_of(place))
        if list_:
            for name in credentials.users:
                click.echo(name)
        elif remove:
            credentials.remove_user(user)
            click.echo(f"the user {user} is removed")
        else:
            credentials.set_password(user, read_secret(password_file) if password_file else _asked(user))
            click.echo(f"the password of {user} is set")

    return passwd


def token_command(place: Decorator, path_of: PathOf, help_text: str) -> click.Command:
    """`token`; the option `place` says whose."""

    @click.command("token", help=help_text)
    @place
    @click.option("--label", metavar="NAME", default="", help="What the token is for: shown in lists and logs.")
    @click.option("--revoke", is_flag=True, help="Let the token of this label in no more.")
    @click.option("--list", "list_", is_flag=True, help="List the tokens' labels, and when they were made.")
    def token(place: Path, label: str, revoke: bool, list_: bool) -> None:
        _one_at_most({"--revoke": revoke, "--list": list_})
        if not (label or list_):
            raise click.UsageError("Missing option '--label'")
        credentials = _credentials(path_of(place))
        if list_:
            for known, created_at in credentials.tokens.items():
                click.echo(f"{known}  {_day(created_at)}")
        elif revoke:
            credentials.revoke_token(label)
            click.echo(f"the token {label} is revoked")
        else:
            click.echo(credentials.add_token(label))

    return token


def _credentials(path: Path) -> Credentials:
    from phone_recorder.server.credentials import Credentials

    return Credentials.load(path)


def _one_at_most(given: dict[str, bool]) -> None:
    names = [name for name, is_given in given.items() if is_given]
    if len(names) > 1:
        raise click.UsageError(f"{names[0]} and {names[1]} cannot be used together")


def _asked(user: str) -> str:
    """The password, typed twice and not shown."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("a password is asked for on a terminal alone: give it with --password-file, - for this input")
    password: str = click.prompt(f"Password for {user}", hide_input=True, confirmation_prompt=True, err=True)
    return password


def _day(created_at: float) -> str:
    from datetime import datetime

    return f"{datetime.fromtimestamp(created_at):%Y-%m-%d}"
