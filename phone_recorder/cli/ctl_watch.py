"""`phone-recorder ctl watch`: what the agent tells, a line for each event."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import click

from phone_recorder.cli.ctl_asking import Asking, takes_json
from phone_recorder.cli.ctl_shown import Facts, call_line, drive_lines, inner, record_line, rows, setting_line, word
from phone_recorder.wire.printable import printable

EVENTS = ("call", "record", "drives", "recordings", "settings")


@click.command()
@click.argument("events", metavar="[EVENT]...", type=click.Choice(EVENTS), nargs=-1)
@takes_json
@click.pass_obj
def watch(asking: Asking, events: Sequence[str]) -> None:
    """Follow what happens until Ctrl-C: how everything is at first, then a line for each event, with its time.

    Events are call, record, drives, recordings and settings; all of them if none is named. Exit code 2 when the agent
    ends.

    \b
    phone-recorder ctl watch
    phone-recorder ctl --json watch record | while read -r event; do ...; done
    """
    shown = Shown(lambda: time.strftime("%H:%M:%S"))
    with asking.connect() as agent:
        for event in agent.events(events or EVENTS):
            asking.show(event, shown.lines)


class Shown:
    """What has been shown of an agent's events. `clock` gives the local time as people read it."""

    def __init__(self, clock: Callable[[], str]) -> None:
        self._clock = clock
        self._drives: str | None = None
        self._settings: Facts | None = None

    def lines(self, told: Facts) -> Iterator[str]:
        """`12:00:05  record      recording 00:12, lamp on: Recording`; nothing for an event that shows nothing new."""
        name, data = word(told, "event"), inner(told, "data")
        if said := self._said(name, data):
            yield f"{self._clock()}  {name:<10}  {said}".rstrip()

    def _said(self, name: str, data: Facts) -> str:
        if name == "drives":
            return self._new_drives(data)
        if name == "settings":
            return self._new_settings(data)
        return _LINES[name](data) if name in _LINES else ", ".join(map(printable, data))

    def _new_drives(self, data: Facts) -> str:
        before, self._drives = self._drives, "; ".join(drive_lines(data)) or "none"
        return "" if self._drives == before else self._drives

    def _new_settings(self, data: Facts) -> str:
        """Those that have changed since; at first, how many there are. What is wrong with them, when that is new."""
        before, self._settings = self._settings, data
        problem = word(data, "problem")
        if before is None:
            return "; ".join(filter(None, (f"{len(rows(data, 'settings'))} known", problem)))
        old = _setting_lines(before)
        changed = [line for line in _setting_lines(data) if line not in old]
        return "; ".join(filter(None, (*changed, "" if problem == word(before, "problem") else problem)))


def _setting_lines(data: Facts) -> list[str]:
    return [setting_line(one) for one in rows(data, "settings")]


def _recordings(data: Facts) -> str:
    return word(data, "problem") or f"{len(rows(data, 'recordings'))} on the drive"


_LINES: dict[str, Callable[[Facts], str]] = {"call": call_line, "record": record_line, "recordings": _recordings}
