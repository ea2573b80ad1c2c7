"""`phone-recorder ctl watch`: what the agent tells, a line for each event."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from phone_recorder.cli.ctl_asking import Asking, takes_json
from phone_recorder.cli.ctl_shown import Facts, call_line, drive_lines, inner, record_line, rows, word
from phone_recorder.wire.printable import printable

EVENTS = ("call", "record", "drives", "recordings", "settings")


@click.command()
@click.argument("events", metavar="[EVENT]...", type=click.Choice(EVENTS), nargs=-1)
@takes_json
@click.pass_obj
def watch(asking: Asking, events: Sequence[str]) -> None:
    """Follow what happens until Ctrl-C: how everything is at first, then a line for each event.

    Events are call, record, drives, recordings and settings; all of them if none is named. Exit code 2 when the agent
    ends.

    \b
    phone-recorder ctl watch
    phone-recorder ctl --json watch record | while read -r event; do ...; done
    """
    with asking.connect() as agent:
        for event in agent.events(events or EVENTS):
            asking.show(event, lambda told: [event_line(told)])


def event_line(told: Facts) -> str:
    """`record      recording 00:12, lamp on: Recording`."""
    name, data = word(told, "event"), inner(told, "data")
    said = _LINES[name](data) if name in _LINES else ", ".join(map(printable, data))
    return f"{name:<10}  {said}".rstrip()


def _drives(data: Facts) -> str:
    return "; ".join(drive_lines(data)) or "none"


def _recordings(data: Facts) -> str:
    return word(data, "problem") or f"{len(rows(data, 'recordings'))} on the drive"


def _settings(data: Facts) -> str:
    return word(data, "problem") or f"{len(rows(data, 'settings'))} known"


_LINES: dict[str, Callable[[Facts], str]] = {
    "call": call_line,
    "record": record_line,
    "drives": _drives,
    "recordings": _recordings,
    "settings": _settings,
}
