"""How a run of `phone-recorder test` is told while it goes on: lines for people, or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

import click

from phone_recorder.cli.output import tell

if TYPE_CHECKING:
    from phone_recorder.harness.report.console import Kind, Line
    from phone_recorder.harness.report.tally import Tally
    from phone_recorder.harness.result import Result

COLOURS: dict[Kind, str] = {
    "passed": "green",
    "failed": "red",
    "bad": "red",
    "trouble": "magenta",
    "skipped": "yellow",
    "hint": "cyan",
}


class Teller(Protocol):
    """Tells each result as it comes, and at the end the totals."""

    def one(self, result: Result) -> None: ...

    def end(self, tally: Tally, seed: int) -> None: ...


class Lines:
    """For people. `more` are options that belong to the command which plays something again, as a shell takes them."""

    def __init__(self, quiet: bool, more: Sequence[str] = ()) -> None:
        self._quiet = quiet
        self._more = more

    def one(self, result: Result) -> None:
        from phone_recorder.harness.report.console import lines

        self._tell(lines(result, self._quiet))

    def end(self, tally: Tally, seed: int) -> None:
        from phone_recorder.harness.report.console import closing

        self._tell((kind, self._whole(text) if kind == "hint" else text) for kind, text in closing(tally, seed))

    def _whole(self, command: str) -> str:
        """The command with those of the options that are not in it anyway."""
        return " ".join([command, *(word for word in self._more if word not in command)])

    def _tell(self, lines: Iterable[Line]) -> None:
        for kind, text in lines:
            # A terminal shows colours; elsewhere click leaves them out.
            tell(click.style(text, COLOURS[kind]) if kind in COLOURS else text)


class JsonLines:
    """For programs."""

    def one(self, result: Result) -> None:
        from phone_recorder.harness.report.json_lines import result_line

        tell(result_line(result))

    def end(self, tally: Tally, seed: int) -> None:
        from phone_recorder.harness.report.json_lines import summary_line

        tell(summary_line(tally, seed))
