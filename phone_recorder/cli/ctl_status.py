"""`phone-recorder ctl status`, `press`, `drives` and `ask`."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from phone_recorder.cli.ctl_asking import DRIVE_S, Asking, echo, given, takes_json
from phone_recorder.cli.ctl_shown import Facts, drive_lines, record_line, status_lines, word
from phone_recorder.cli.main import EXIT_FAILED
from phone_recorder.errors import UsageError

NONE_THERE = "no USB drive is plugged in"
IDLE, RECORDING, PAUSED = ("idle",), ("recording", "waiting"), ("paused", "waiting_paused")
"""Where the record key stands, by what is wanted: nothing, a recording, a pause. While it waits, that is wanted too."""
BECOMES = {
    "record": IDLE + RECORDING,
    "start": RECORDING,
    "stop": IDLE,
    "pause": PAUSED,
    "resume": RECORDING,
}
"""Where the key stands after each event."""
MOVES = ("record", "start", "stop")
"""Events that are refused where the key stands there already; a pause in a pause is none the less one."""


@click.command()
@takes_json
@click.pass_obj
def status(asking: Asking) -> None:
    """Say how the agent is: its calls, what the record key shows, the drives, and what is wrong.

    \b
    phone-recorder ctl status
    """
    asking.show(asking.ask("status.get"), status_lines)


@click.command()
@click.argument("event", type=click.Choice(["record", "start", "stop", "pause", "resume"]))
@click.option("--call", "call_id", metavar="ID", help="The call that it is about.  [default: the current one]")
@takes_json
@click.pass_obj
def press(asking: Asking, event: str, call_id: str | None) -> None:
    """Press the record key: record starts and stops, the other words say which.

    Exit code 1 if nothing came of it: there was nothing to stop, a recording was running already, or it failed.

    \b
    phone-recorder ctl press record
    phone-recorder ctl press pause --call 2
    """
    with asking.connect() as agent:
        before = agent.ask("record.get", given(call=call_id))
        after = agent.ask("record.press", given(event=event, call=call_id))
    asking.show(after, lambda record: [record_line(record)])
    if not _came_of_it(event, before, after):
        sys.exit(EXIT_FAILED)


@click.command()
@takes_json
@click.pass_obj
def drives(asking: Asking) -> None:
    """List the USB drives, what is wrong with each, and which one recordings go to.

    \b
    phone-recorder ctl drives
    """
    asking.show(asking.ask("drives.list"), lambda answer: list(drive_lines(answer)) or [NONE_THERE])


@click.command()
@click.argument("method")
@click.argument("params", metavar="[JSON]", default="{}")
@takes_json
@click.pass_obj
def ask(asking: Asking, method: str, params: str) -> None:
    """Ask any method of the agent, with a JSON object for its parameters, and print the result as JSON.

    \b
    phone-recorder ctl ask record.get
    phone-recorder ctl ask call.change '{"call": "1", "held": true}'
    """
    answer = asking.ask(method, _object(params), DRIVE_S)
    echo(json.dumps(answer, indent=None if asking.as_json else 2))


def _came_of_it(event: str, before: Facts, after: Facts) -> bool:
    """Whether the key stands where it was to go. A recording that is just being started is one."""
    was, key = word(before, "key"), word(after, "key")
    moved = event not in MOVES or was != key
    return moved and key in BECOMES[event] and word(after, "icon") != "failed"


def _object(text: str) -> dict[str, Any]:
    try:
        params = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the parameters are no JSON: {error}") from error
    if not isinstance(params, dict):
        raise UsageError('the parameters are no JSON object: write one such as \'{"call": "1"}\'')
    return params
