"""`phone-recorder`: the table of commands. A command's module is imported when the command is run, not before."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import click

from phone_recorder import __version__
from phone_recorder.cli.lazy_commands import LazyCommands
from phone_recorder.errors import PhoneRecorderError

PROGRAM = "phone-recorder"

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130

COMMANDS = {
    "call": "Simulate a call on a phone, and record it.",
    "inspect": "Show what record files say of themselves.",
    "export": "Turn a record file into a WAV file.",
    "import": "Turn a WAV file into a record file.",
    "mix": "Mix the two sides of a call to one file.",
    "repair": "Mend record files that were cut short.",
    "play": "Play a record file.",
    "usb": "List the USB drives, and which one is used.",
    "phone": "Switch on the whole emulated phone.",
    "test": "Play scenarios, and report what is not as expected.",
    "agent": "Run the on-device agent, the recorder beside a phone's program.",
    "ctl": "Drive a running agent.",
    "models": "List the phone models and what they can do.",
    "config": "Show, check and change the settings of a phone.",
    "server": "Run a record server.",
    "fleet": "Put a record server under load from thousands of phones.",
    "recordings": "List, get and remove a record server's recordings.",
}
"""Command to its line in `--help`. The command is `command` in the module of its name (`import_` for import)."""


class CommandTable(LazyCommands):
    """The program: commands by name from COMMANDS, and what becomes of their errors."""

    def __init__(self, *args: Any, **extra: Any) -> None:
        places = {name: ("import_" if name == "import" else name, "command") for name in COMMANDS}
        super().__init__(*args, lines=COMMANDS, places=places, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Without a command, help."""
        return super().parse_args(ctx, args or ["--help"])

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command; every error of the user's becomes one sentence on stderr and exit code 2."""
        try:
            exit_code = super().main(*args, **{"prog_name": PROGRAM, **extra, "standalone_mode": False})
            sys.exit(exit_code if isinstance(exit_code, int) else 0)
        except PhoneRecorderError as error:
            self._refuse(str(error))
        except click.UsageError as error:
            where = error.ctx.command_path if error.ctx else PROGRAM
            message = " ".join(error.format_message().split()).rstrip(".")
            self._refuse(f"{message}: see `{where} --help`")
        except click.Abort:
            sys.exit(EXIT_INTERRUPTED)
        except BrokenPipeError:
            raise
        except OSError as error:
            # What we do with files has errors of its own; this is the terminal, or what stands in its place.
            self._refuse(f"the output cannot be written: {(error.strerror or str(error)).lower()}")

    def _refuse(self, sentence: str) -> NoReturn:
        from phone_recorder.cli.output import complain

        complain(sentence)
        sys.exit(EXIT_USAGE)


@click.group(cls=CommandTable, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name=PROGRAM)
def cli() -> None:
    """The call recording side of a desk IP phone (BX5S, BX6 and their family).

    \b
    phone-recorder call --usb ./stick --keys "0 record, 5 record"
    phone-recorder inspect ./stick/Record_*.wav
    """


def main() -> None:
    """The console script."""
    try:
        cli()
    except BrokenPipeError:
        # `phone-recorder inspect ... | head`: the reader has what it wanted.
        sys.stderr.close()
        sys.exit(EXIT_FAILED)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
