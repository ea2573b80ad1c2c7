"""How a run of `phone-recorder test` is told while it goes on: lines for people, or JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from phone_recorder.cli.colours import coloured
from phone_recorder.cli.output import say

if TYPE_CHECKING:
    from phone_recorder.harness.report.console import Kind, Line
    from phone_recorder.harness.report.replay import Command
    from phone_recorder.harness.report.tally import Tally
    from phone_recorder.harness.runner.result import Result

COLOURS: dict[Kind, str] = {
    "passed": "green",
    "failed": "red",
    "bad": "red",
    "trouble": "magenta",
    "skipped": "yellow",
    "hint": "cyan",
}


class Teller(Protocol):
    """Tells each result as it comes, and at the end the totals. `lost`: why nothing can be told any more."""

    @property
    def lost(self) -> OSError | None: ...

    def one(self, result: Result) -> None: ...

    def end(self, tally: Tally, command: Command) -> None: ...


class Output:
    """Standard output, for results alone: where they cannot be written, the run has no point."""

    def __init__(self) -> None:
        self.lost: OSError | None = None

    def tell(self, line: str) -> None:
        """Print a line, if it can be."""
        if self.lost:
            return
        try:
            say(line)
        except OSError as error:
            self.lost = error


class Lines(Output):
    """For people."""

    def __init__(self, quiet: bool) -> None:
        super().__init__()
        self._quiet = quiet

    def one(self, result: Result) -> None:
        from phone_recorder.harness.report.console import lines

        self._tell(lines(result, self._quiet))

    def end(self, tally: Tally, command: Command) -> None:
        from phone_recorder.harness.report.console import closing

        self._tell(closing(tally, command))

    def _tell(self, lines: Iterable[Line]) -> None:
        for kind, text in lines:
            self.tell(coloured(text, COLOURS.get(kind)))


class JsonLines(Output):
    """For programs."""

    def one(self, result: Result) -> None:
        from phone_recorder.harness.report.json_lines import result_line

        self.tell(result_line(result))

    def end(self, tally: Tally, command: Command) -> None:
        from phone_recorder.harness.report.json_lines import summary_line

        self.tell(summary_line(tally, command.seed))
