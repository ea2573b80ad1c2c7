"""`--config` and `--set`: where a phone has its settings from, the emulated one and one that the agent runs on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phone_recorder.cli.option_groups import Decorator
from phone_recorder.cli.parameters import PathGiven
from phone_recorder.errors import UsageError

if TYPE_CHECKING:
    from phone_recorder.settings.phone import PhoneSettings

DEFAULT_CONFIG = Path("phone.toml")


def settings_options(option: Callable[..., Decorator]) -> list[Decorator]:
    """Both, made by `option` as `under` gives it."""
    return [
        option(
            "--config",
            type=PathGiven(path_type=Path, dir_okay=False),
            metavar="FILE",
            default=DEFAULT_CONFIG,
            show_default=True,
            help="Keeps the settings; made when one is changed.",
        ),
        option(
            "--set",
            "settings",
            multiple=True,
            metavar="KEY=VALUE",
            help="A setting for this run alone; see `config keys`.",
        ),
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
