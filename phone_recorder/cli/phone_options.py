"""The options of `phone-recorder phone`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phone_recorder.cli.option_groups import under
from phone_recorder.cli.parameters import Address, PathGiven, Size
from phone_recorder.errors import UsageError

if TYPE_CHECKING:
    from phone_recorder.settings.phone import PhoneSettings

PHONE_PORT = 8080
DEFAULT_CONFIG = Path("phone.toml")
DEFAULT_STICK = "usb"

_phone, _usb, _web = under("The phone"), under("The USB port"), under("Its face")

OPTIONS = [
    _phone(
        "--config",
        type=PathGiven(path_type=Path, dir_okay=False),
        metavar="FILE",
        default=DEFAULT_CONFIG,
        show_default=True,
        help="Keeps the settings; made when one is changed.",
    ),
    _phone(
        "--set", "settings", multiple=True, metavar="KEY=VALUE", help="A setting for this run alone; see `config keys`."
    ),
    _usb(
        "--usb",
        metavar="DIRECTORY|auto",
        default=DEFAULT_STICK,
        show_default=True,
        help="Directory that stands for the USB stick (the default one is made), or auto for real ones.",
    ),
    _usb("--usb-size", type=Size(), help="The stick's capacity; without it, the real free space counts."),
    _usb("--no-stick", is_flag=True, help="Switch on without the stick; the page's panel plugs it in."),
    _usb("--automount", is_flag=True, help="With --usb auto, as root: mount drives if nobody else does."),
    _web(
        "--http",
        type=Address(PHONE_PORT, any_port=True),
        metavar="HOST:PORT",
        help=f"Where its web page is; without it, 127.0.0.1:{PHONE_PORT}, or none with --terminal.",
    ),
    _web("--tls-cert", type=click.Path(path_type=Path), help="Certificate chain, PEM."),
    _web("--tls-key", type=click.Path(path_type=Path), help="Its private key, PEM."),
    _web("--terminal", is_flag=True, help="Draw the phone on this terminal."),
]


def settings_of(options: dict[str, Any]) -> PhoneSettings:
    """Those of the file --config, with what --set says; UsageError if one of them cannot be."""
    from phone_recorder.adapters.settings_file import load
    from phone_recorder.settings.table import with_text

    settings = load(options["config"])
    for text in options["settings"]:
        key, sign, value = text.partition("=")
        if not sign:
            raise UsageError(f"--set {text!r} is not KEY=VALUE: write one such as --set record.mode=network")
        settings = with_text(settings, key.strip(), value.strip())
    return settings
