"""A run on a terminal: lines as they come, each with its kind, so that whoever prints them can colour them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from phone_recorder.harness.report.replay import Command
from phone_recorder.harness.report.tally import NAMED, WRONG, Tally
from phone_recorder.harness.report.texts import NOTHING, expects_nothing, one_line, reasons
from phone_recorder.harness.runner.result import Outcome, Result

Kind = Outcome | Literal["detail", "hint"]
"""`detail`: a reason below its case; `hint`: what to do next."""
Line = tuple[Kind, str]

_WIDTH = 7


def lines(result: Result, quiet: bool = False) -> Iterator[Line]:
    """Those of one case: its outcome, then each reason. `quiet` leaves out what is as it should be, or skipped."""
    if quiet and result.outcome not in WRONG:
        return
    more = f"  {NOTHING}" if expects_nothing(result) else ""
    yield result.outcome, f"{result.outcome:<{_WIDTH}}  {one_line(result.case.name)}  ({result.took_s:.2f} s){more}"
    yield from (("detail", f"  {reason}") for reason in reasons(result))


def closing(tally: Tally, command: Command) -> Iterator[Line]:
    """The totals with the run's seed, and if something went wrong the command that plays it again."""
    yield tally.worst, f"{tally} in {tally.took_s:.2f} s, seed {command.seed}"
    if tally.wrong:
        few = tuple(tally.wrong) if len(tally.wrong) <= NAMED else ()
        yield "hint", f"to play it again: {command.again(few)}"
