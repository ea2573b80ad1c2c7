"""`phone-recorder config`: the settings of a phone, and the file that keeps them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phone_recorder.cli.output import complain, shown, tell
from phone_recorder.errors import UsageError

if TYPE_CHECKING:
    from phone_recorder.settings.phone import PhoneSettings

DEFAULT_FILE = Path("phone.toml")

_file = click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path),
    default=DEFAULT_FILE,
    show_default=True,
    metavar="FILE",
    help="The settings' file.",
)


@click.group(no_args_is_help=False)
def command() -> None:
    """Show, check and change the settings of a phone, which are kept in one TOML file.

    What is not in the file has its default.

    \b
    phone-recorder config set record.mode network
    phone-recorder config set server.host 192.0.2.7
    phone-recorder config show record.mode server.host
    """


@command.command(short_help="Print the settings.")
@_file
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--secrets", is_flag=True, help="Show passwords too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, settings by key.")
def show(path: Path, keys: tuple[str, ...], secrets: bool, as_json: bool) -> None:
    """Print all settings as a file that has them all, or those of these keys.

    \b
    phone-recorder config show > all.toml
    phone-recorder config show --json record.mode
    """
    from phone_recorder.adapters.settings_file import load
    from phone_recorder.settings.table import SETTINGS, find_setting
    from phone_recorder.settings.toml_file import write

    wanted = [find_setting(key).key for key in keys]
    settings = load(path)
    if as_json:
        values = {key: _value(settings, key, secrets) for key in wanted or SETTINGS}
        click.echo(json.dumps(values, indent=2, ensure_ascii=False))
    elif wanted:
        for key in wanted:
            _tell_setting(settings, key, blank=not secrets)
    else:
        tell(write(settings, blank=not secrets), end=False)


@command.command(short_help="Say whether a settings' file is good.")
@click.argument("path", type=click.Path(path_type=Path), default=DEFAULT_FILE, metavar="[FILE]")
def check(path: Path) -> None:
    """Say whether a settings' file is good, phone.toml if none is named; if not, what is wrong in which line.

    \b
    phone-recorder config check
    """
    from phone_recorder.adapters.files import open_for_reading
    from phone_recorder.adapters.settings_file import load

    with open_for_reading(path):
        pass  # One that is not there is no error elsewhere; here it is.
    load(path)
    click.echo(f"{shown(path)}: good")


@command.command("set", short_help="Change one setting.")
@_file
@click.argument("key")
@click.argument("value")
def set_(path: Path, key: str, value: str) -> None:
    """Change one setting in the file, which is made if there is none. Its comments and its order stay.

    A password is read from standard input: give - in its place.

    \b
    phone-recorder config set record.codec G722
    phone-recorder config set server.host ""
    phone-recorder config set account.password - < password
    """
    _save(path, {key: _unseen(key, value)})


@command.command("import", short_help="Take over a provisioning file.")
@_file
@click.argument("provisioning", type=click.Path(path_type=Path), metavar="FILE")
def import_(path: Path, provisioning: Path) -> None:
    """Take over what a provisioning file of this family of phones says of recording, its <record> section.

    \b
    phone-recorder config import 001122334455.cfg
    """
    from phone_recorder.adapters.files import open_for_reading
    from phone_recorder.settings.provisioning import MAX_SIZE, read

    with open_for_reading(provisioning) as file:
        data = file.read(MAX_SIZE + 1)
    texts, notes = read(data, str(provisioning))
    for note in notes:
        complain(f"{provisioning}: {note}")
    if not texts:
        raise UsageError(f"{provisioning} sets nothing of recording that this phone has")
    _save(path, texts)


@command.command(short_help="List what can be set.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, one object a setting.")
def keys(as_json: bool) -> None:
    """List all settings: key, default, what it can be, and what it means.

    \b
    phone-recorder config keys
    """
    from phone_recorder.settings.phone import PhoneSettings
    from phone_recorder.settings.table import SETTINGS
    from phone_recorder.settings.toml_file import literal_of

    defaults = PhoneSettings()
    if as_json:
        click.echo(json.dumps([_facts(defaults, key) for key in SETTINGS], indent=2, ensure_ascii=False))
        return
    for key, setting in SETTINGS.items():
        tell(f"{key} = {literal_of(defaults, key)}")
        tell(f"    {setting.help_en}")
        tell(f"    {setting.kind.possible}")


def _unseen(key: str, value: str) -> str:
    """The value; a secret from standard input, where others cannot see it."""
    from phone_recorder.cli.secret_file import read_secret
    from phone_recorder.settings.kinds import Secret
    from phone_recorder.settings.table import find_setting

    if not value or not isinstance(find_setting(key).kind, Secret):
        return value
    if value != "-":
        raise UsageError(f"{key}: others can see it among the arguments: give - instead, and write it to this input")
    return read_secret(Path(value))


def _save(path: Path, texts: dict[str, str]) -> None:
    """Keep these in the file, and say what each is now."""
    from phone_recorder.adapters.settings_file import load, save_values

    save_values(path, texts)
    settings = load(path)
    for key in texts:
        _tell_setting(settings, key, blank=True)


def _tell_setting(settings: PhoneSettings, key: str, blank: bool) -> None:
    from phone_recorder.settings.toml_file import literal_of

    tell(f"{key} = {literal_of(settings, key, blank)}")


def _value(settings: PhoneSettings, key: str, secrets: bool) -> Any:
    from phone_recorder.settings.kinds import Secret
    from phone_recorder.settings.table import SETTINGS, text_of, value_of

    secret = isinstance(SETTINGS[key].kind, Secret) and not secrets
    return text_of(settings, key) if secret else value_of(settings, key)


def _facts(defaults: PhoneSettings, key: str) -> dict[str, object]:
    from phone_recorder.settings.table import SETTINGS, value_of

    setting = SETTINGS[key]
    return {
        "key": key,
        "kind": setting.kind.name,
        "default": value_of(defaults, key),
        "possible": setting.kind.possible,
        "help": setting.help_en,
    }
