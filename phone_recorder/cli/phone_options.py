"""The options of `phone-recorder phone`."""

from __future__ import annotations

from pathlib import Path

import click

from phone_recorder.cli.option_groups import under
from phone_recorder.cli.parameters import Address, Size
from phone_recorder.cli.settings_options import settings_options
from phone_recorder.cli.stick import DEFAULT_STICK

PHONE_PORT = 8080

_phone, _usb, _web = under("The phone"), under("The USB port"), under("Its face")

OPTIONS = [
    *settings_options(_phone),
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
