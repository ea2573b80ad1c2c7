"""The dashboard of `phone-recorder fleet`: a run on one screen of a terminal, drawn anew each second."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO

from rich.console import Console
from rich.text import Text

from phone_recorder.adapters.keyboard import whole_terminal
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.report_course import Course
from phone_recorder.bulk.fleet.report_series import Column, rate_of
from phone_recorder.bulk.fleet.report_summary import files, title
from phone_recorder.bulk.fleet.report_words import SPREAD_HEAD, clock, duration, rate, share, spread_words
from phone_recorder.bulk.fleet.snapshot import SPREADS, Snapshot
from phone_recorder.recording.units import to_seconds

LEAST_WIDTH, LEAST_HEIGHT = 40, 8
"""On a smaller terminal what does not fit is cut off."""
_NAME, _FIGURE, _CELL = 11, 9, 10
_BLOCKS, _BARS = "▁▂▃▄▅▆▇█", ("█", "░")
_PLAIN_BLOCKS, _PLAIN_BARS = "_.:-=+*#", ("#", ".")
"""Where the terminal has letters of ASCII alone."""
_STATES = {"talking": "green", "connecting": "cyan", "ending": "yellow"}


def can_draw() -> bool:
    """Whether the terminal can be drawn on at all."""
    return os.environ.get("TERM", "dumb") not in ("", "dumb")


@contextmanager
def on_terminal(plan: FleetPlan, gone: Callable[[], object]) -> Iterator[Callable[[Course], object]]:
    """What is given draws a course on this terminal. `gone` is called when there is no terminal any more."""
    with whole_terminal(lambda _: None, gone) as draw:
        encoding = (sys.stdout.encoding or "ascii").lower()
        dashboard = Dashboard(plan, plain=not encoding.startswith("utf"))
        draw(dashboard.lines(Course(), *_size()))
        yield lambda course: draw(dashboard.lines(course, *_size()))


class Dashboard:
    """Draws a run of this plan; with `plain` in ASCII."""

    def __init__(self, plan: FleetPlan, plain: bool = False) -> None:
        self._plan = plan
        self._blocks, self._bars = (_PLAIN_BLOCKS, _PLAIN_BARS) if plain else (_BLOCKS, _BARS)

    def lines(self, course: Course, width: int, height: int) -> list[str]:
        """The lines of a screen of that size, with colours unless the environment forbids them."""
        texts = self.texts(course, width, height)
        for text in texts:
            text.truncate(width, overflow="crop")
        console = Console(file=StringIO(), force_terminal=True, width=width, legacy_windows=False)
        with console.capture() as captured:
            console.print(Text("\n").join(texts), end="", no_wrap=True, crop=True, highlight=False)
        return captured.get().split("\n")

    def texts(self, course: Course, width: int, height: int) -> list[Text]:
        """As many as fit: what matters most is above, reasons of failures are below."""
        width, height = max(width, LEAST_WIDTH), max(height, LEAST_HEIGHT)
        now = course.measured.snapshot
        texts = [
            *self._head(now, width),
            *self._states(now, width),
            Text(),
            _recordings(now),
            *self._rates(course, width),
            Text(),
            *_spreads(now, width),
            _packets(now),
            *([Text.assemble(_name("files"), " ", files(self._plan, now))] if self._plan.local else []),
        ]
        # The cursor stands below the last line.
        room = height - 1 - len(texts)
        return [*texts, *_failures(now, room)][: height - 1]

    def _head(self, now: Snapshot, width: int) -> Iterator[Text]:
        lasts = f" of {duration(to_seconds(self._plan.lasts))}" if self._plan.lasts else ""
        yield _apart(Text(title(self._plan), "bold"), Text(f"{clock(now.at_s)}{lasts}"), width)
        plan = self._plan
        ramp = f"{rate(plan.ramp)} more each second, " if plan.ramp else ""
        about = f"{ramp}talk {plan.talk}, {plan.codec} {plan.ptime_ms} ms"
        yield _apart(Text(about, "dim"), Text("Ctrl-C ends it", "dim"), width)
        # The line is always there, so that nothing jumps.
        yield Text(f"the fleet itself is the bottleneck: {now.bottleneck}" if now.bottleneck else "", "bold yellow")

    def _states(self, now: Snapshot, width: int) -> Iterator[Text]:
        full, empty = self._bars
        room = max(width - _NAME - _FIGURE - 2, 0)
        for name, colour in _STATES.items():
            count = getattr(now, name)
            long = min(-(-count * room // max(self._plan.phones, 1)), room)
            bar = (full * long, colour), (empty * (room - long), "dim")
            yield Text.assemble(_name(name), f"{count:>{_FIGURE},}  ", *bar)

    def _rates(self, course: Course, width: int) -> Iterator[Text]:
        steps = course.recent(max(width - _NAME - _FIGURE - 2, 1))
        shown: Sequence[tuple[str, Column, Callable[[float], str]]] = (
            ("calls/s", rate_of("attempted"), rate),
            ("packets/s", rate_of("packets_sent"), rate),
            ("this CPU", lambda now, _: now.cpu_share, share),
        )
        for name, column, write in shown:
            values = [_number(column(now, before)) for before, now in steps]
            newest = write(values[-1]) if values else ""
            yield Text.assemble(_name(name), f"{newest:>{_FIGURE}}  ", (self._spark(values), "cyan"))

    def _spark(self, values: Sequence[float]) -> str:
        top = max(values, default=0.0) or 1.0
        return "".join(
            self._blocks[min(int(value / top * len(self._blocks)), len(self._blocks) - 1)] for value in values
        )


def _spreads(now: Snapshot, width: int) -> Iterator[Text]:
    count = min(len(SPREAD_HEAD), max((width - _NAME) // _CELL, 1))
    yield Text.assemble(_name(""), ("".join(f"{head:>{_CELL}}" for head in SPREAD_HEAD[:count]), "dim"))
    for field, name in SPREADS.items():
        cells = spread_words(getattr(now, field))[:count]
        yield Text.assemble(_name(name), "".join(f"{cell:>{_CELL}}" for cell in cells))


def _recordings(now: Snapshot) -> Text:
    """In as few words as 80 columns take of a long run."""
    counts = f"{now.attempted:,} asked, {now.started:,} started, {now.ended:,} ended, {now.cut:,} cut, "
    return Text.assemble(_name("recordings"), " ", counts, (f"{now.failed:,} failed", "red" if now.failed else ""))


def _packets(now: Snapshot) -> Text:
    parts = [f"{now.packets_sent:,} sent"]
    parts += [f"{now.packets_dropped:,} dropped on purpose"] if now.packets_dropped else []
    unsent = (f", {now.packets_unsent:,} unsent", "red" if now.packets_unsent else "")
    return Text.assemble(_name("packets"), " ", ", ".join(parts), unsent)


def _failures(now: Snapshot, room: int) -> Iterator[Text]:
    """The most frequent reasons, as many as there is room for; the last line tells of the others."""
    found = sorted(now.failures.items(), key=lambda one: (-one[1], one[0]))
    fit = len(found) if len(found) <= room else max(room - 1, 0)
    for number, (reason, count) in enumerate(found[:fit]):
        yield Text.assemble(_name("" if number else "failed"), f"{count:>{_FIGURE},}  ", (reason, "red"))
    if fit < len(found):
        yield Text.assemble(_name(""), f"{sum(count for _, count in found[fit:]):>{_FIGURE},}  for other reasons")


def _name(name: str) -> tuple[str, str]:
    return f"{name:<{_NAME}}", "dim"


def _apart(left: Text, right: Text, width: int) -> Text:
    """One at each edge; what does not fit is cut off the left one."""
    left.truncate(max(width - right.cell_len - 1, 0), overflow="ellipsis")
    return Text.assemble(left, " " * max(width - left.cell_len - right.cell_len, 0), right)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _size() -> tuple[int, int]:
    try:
        size = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        return 80, 24
    return size.columns or 80, size.lines or 24
