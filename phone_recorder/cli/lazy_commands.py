"""Commands whose modules are imported when they are run, not before: so `--help` loads click and no more."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click


class LazyCommands(click.Group):
    """`lines` are the commands with their lines in `--help`, `places` where each is: module of cli, name in it."""

    def __init__(
        self, *args: Any, lines: Mapping[str, str], places: Mapping[str, tuple[str, str]], **extra: Any
    ) -> None:
        super().__init__(*args, **extra)
        self._lines = lines
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._lines)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self._places:
            return None
        module, attribute = self._places[name]
        command: click.Command = getattr(importlib.import_module(f"phone_recorder.cli.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self._lines.items()))
