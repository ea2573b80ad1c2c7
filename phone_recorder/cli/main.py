"""`phone-recorder`: the table of commands. A command's module is imported when the command is run, not before."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from phone_recorder import __version__
from phone_recorder.errors import PhoneRecorderError

EXIT_FAILED = 1
EXIT_USAGE = 2

COMMANDS = {
    "call": "Simulate a call on a phone, and record it.",
    "inspect": "Show what record files say of themselves.",
    "export": "Turn a record file into a WAV file.",
    "import": "Turn a WAV file into a record file.",
    "repair": "Mend record files that were cut short.",
    "play": "Play a record file.",
    "models": "List the phone models and what they can do.",
    "server": "Run a record server.",
}
"""Command to its line in `--help`. The command is `command` in the module of its name (`import_` for import)."""


class CommandTable(click.Group):
    """Commands by name from COMMANDS, so that `--help` loads click and no more."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = "import_" if name == "import" else name
        command: click.Command = importlib.import_module(f"phone_recorder.cli.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; every error of ours becomes one sentence on stderr and exit code 2."""
        try:
            return super().invoke(ctx)
        except PhoneRecorderError as error:
            click.echo(f"phone-recorder: {error}", err=True)
            ctx.exit(EXIT_USAGE)


@click.group(cls=CommandTable, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="phone-recorder")
def cli() -> None:
    """The call recording side of a desk IP phone (BX5S, BX6 and their family).

    \b
    phone-recorder call --usb ./stick --keys "0 record, 5 record"
    phone-recorder inspect ./stick/Record_*.wav
    """


def main() -> None:
    """The console script."""
    try:
        cli(prog_name="phone-recorder")
    except BrokenPipeError:
        # `phone-recorder inspect ... | head`: the reader has what it wanted.
        sys.stderr.close()
        sys.exit(EXIT_FAILED)
