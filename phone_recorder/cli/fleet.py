"""`phone-recorder fleet`: thousands of emulated phones against a record server, or recorded by this process."""

from __future__ import annotations

import sys
import traceback
from typing import Any

import click

from phone_recorder.cli.fleet_options import OPTIONS
from phone_recorder.cli.option_groups import GroupedCommand, with_options
from phone_recorder.cli.output import complain
from phone_recorder.errors import PhoneRecorderError, UsageError

EXIT_TROUBLE = 3
OURS = "this is an error of this program: please report it, with what --debug shows"


@click.command(
    cls=GroupedCommand,
    epilog="Example: phone-recorder fleet --server 127.0.0.1:10000 --phones 1000 --ramp 100/s --talk 30s-90s --for 10m"
    " --html load.html --fail-if 'start_p99>500ms'",
)
@with_options(OPTIONS)
def command(debug: bool, **options: Any) -> None:
    """Put a record server under load: so many emulated phones call, record, and stop.

    With --mode local this process is the recorder: it records both legs of each call onto a drive.

    Each phone makes one call, or with --for or --calls one after the other. TIME is such as 60s, 1m30s or 500ms; that
    of --talk and --rest may be a range, 30s-90s, or ~60s, which is of all lengths about that mean. EXPR is a figure, a
    comparison and a value, such as start_p99>500ms, failed_share>1% or unsent>0; docs/fleet.md lists the figures.
    Ctrl-C ends the calls in order, a second one at once; what was measured is told all the same.

    Exit code 0 if all is well, 1 if not: a --fail-if or --stop-if is met or cannot be told, or without any --fail-if a
    recording failed, a frame was lost or is wrong, or nothing was started. 2 if something asked for makes no sense, 3
    if this program is at fault.
    """
    try:
        from phone_recorder.cli.fleet_run import run
    except ModuleNotFoundError as error:
        raise UsageError(f"fleet needs {error.name}: install phone-recorder[bulk]") from error
    try:
        sys.exit(run(options))
    except (PhoneRecorderError, click.ClickException, OSError):
        raise
    except Exception as error:
        if debug:
            traceback.print_exc()
        complain(f"{type(error).__name__}: {error}: {OURS}")
        sys.exit(EXIT_TROUBLE)
