"""What `phone-recorder call` shows: the phone's screen while the call goes on, and what was recorded."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from phone_recorder.cli.output import complain, shown, tell

if TYPE_CHECKING:
    from phone_recorder.harness.call.outcome import Outcome
    from phone_recorder.recording.indicator import Indicator


class Progress:
    """The phone's screen as a line that is written over in a terminal, and else a line for each change."""

    def __init__(self, model: str, quiet: bool) -> None:
        self._model = model
        self._quiet = quiet
        self._terminal = sys.stdout is not None and sys.stdout.isatty()
        self._last: Indicator | None = None

    def show(self, instant: int, screen: Indicator) -> None:
        """Called at each tick."""
        if self._quiet or screen == self._last:
            return
        changed = self._last is None or screen.differs(self._last)
        if changed and self._last and self._terminal:
            tell("")
        self._last = screen
        line = f"{self._model} {instant / 8000:6.1f} s {screen}"
        if self._terminal:
            tell(f"\r\x1b[K{line}", end=False)
        elif changed:
            tell(line)

    def tell(self, news: str) -> None:
        """A line of what happens beside the recording; where stdout is for one document, on stderr."""
        if self._quiet:
            complain(news)
            return
        self.end()
        self._last = None
        tell(f"{self._model} {news}")

    def end(self) -> None:
        """The call is over."""
        if self._last and self._terminal:
            tell("")


def report(outcome: Outcome) -> None:
    """What was recorded, for people."""
    from phone_recorder.wire.printable import printable

    document = outcome.document()
    for repair in (document["drive"] or {}).get("repairs", []):
        why = f": {repair['why']}" if repair["why"] else ""
        click.echo(f"repair of {shown(repair['path'])}: {repair['result']}{printable(why)}")
    for number, recording in enumerate(document["recordings"], 1):
        paused = f", {recording['paused_s']:.2f} s paused" if recording["paused_s"] else ""
        click.echo(
            f"recording {number}: {recording['state']} ({recording['reason']}),"
            f" {recording['duration_s']:.2f} s{paused}, {recording['codec']}"
        )
        for fault in recording["faults"]:
            click.echo(f"  fault at {fault['at_s']:.2f} s: {printable(fault['error'])}")
        for path in recording["covered"]:
            click.echo(f"  deleted to make room: {shown(path)}")
        for part in recording["parts"]:
            click.echo(f"  {shown(part['path'])}  {part['bytes']} bytes, {part['duration_s']:.2f} s")
        for stream in recording["streams"]:
            click.echo(
                f"  {stream['name']:<5} received {stream['received']}, lost {stream['lost']}, late {stream['late']},"
                f" duplicate {stream['duplicate']}, bad {stream['bad']}"
            )
    if not document["recordings"]:
        click.echo("nothing was recorded: no key in --keys started a recording")
