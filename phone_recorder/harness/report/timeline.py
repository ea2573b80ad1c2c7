"""A case on one line of time: what was done, what the screen showed, what was recorded, said and told. Numbers only.

All places are in units of the drawing, x from the left; a template draws them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from phone_recorder.harness.evidence import Evidence, Recorded
from phone_recorder.harness.judging.lengths import length
from phone_recorder.harness.report.axis import WIDTH, Axis, Tick
from phone_recorder.harness.report.texts import brief, failure_text, one_line
from phone_recorder.harness.runner.result import Result
from phone_recorder.phone.party import Datagram
from phone_recorder.recording.units import from_ms, from_seconds

MOST_MARKS = 500
"""In one lane."""
LANE, ROW, PADDING = 26, 15, 8
MOST_ROWS = 6
LETTER = 6.2
LONGEST = 44
SILENT = from_ms(300)
"""A party that sends nothing for longer is drawn as silent."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that lasts; `kind` is its class, `label` what stands in it if it is wide enough."""

    x: float
    width: float
    kind: str
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at an instant. `row` is where its label stands, counted from the lane's top; no label without one.

    The label begins at `x`, or ends there if `before`.
    """

    x: float
    kind: str
    text: str
    row: int = 0
    label: str = ""
    before: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of the drawing from `y` on, `height` high."""

    name: str
    y: int
    height: int
    bars: tuple[Bar, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole drawing."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    height: int


def timeline(result: Result, evidence: Evidence) -> Timeline:
    """The timeline of a case; a lane that would be empty is left out."""
    axis = Axis(_whole(evidence))
    contents: dict[str, tuple[Sequence[Bar], Sequence[Mark]]] = {
        "steps": ((), _labelled(_steps(result, evidence), axis)),
        "screen": (_screens(evidence, axis), ()),
        "recordings": ([bar for one in evidence.recordings for bar in _recording(one, axis)], ()),
        "near": (_said(evidence.said.get("near", []), axis), ()),
        "far": (_said(evidence.said.get("far", []), axis), ()),
        "control": ((), _messages(evidence, "control", axis)),
        "SIP": ((), _messages(evidence, "sip", axis)),
        "expected": ((), _expected(result, evidence, axis)),
    }
    lanes = tuple(_stacked({name: two for name, two in contents.items() if any(two)}))
    bottom = lanes[-1].y + lanes[-1].height if lanes else 0
    return Timeline(lanes, axis.ticks(), bottom)


def _whole(evidence: Evidence) -> int:
    instants = [evidence.lasted, evidence.end.instant, *evidence.moments, *(at for at, _ in evidence.happened)]
    return max(*instants, *(message.instant for message in evidence.messages[-1:]), 1)


def _stacked(contents: dict[str, tuple[Sequence[Bar], Sequence[Mark]]]) -> Iterator[Lane]:
    y = 0
    for name, (bars, marks) in contents.items():
        rows = max((mark.row for mark in marks), default=0)
        height = max(LANE, rows * ROW + PADDING)
        yield Lane(name, y, height, tuple(bars), tuple(marks))
        y += height


def _steps(result: Result, evidence: Evidence) -> Iterable[tuple[int, str]]:
    """As they were taken; where that was not kept, as they were meant."""
    return evidence.happened or [(step.at, step.text) for step in result.case.steps]


def _labelled(happened: Iterable[tuple[int, str]], axis: Axis) -> list[Mark]:
    """Marks whose labels do not cover each other: each in the first row that has room for it, or without one."""
    ends: list[float] = [0.0] * MOST_ROWS
    marks = []
    for at, text in islice(sorted(happened, key=lambda one: one[0]), MOST_MARKS):
        label = _short(brief(text))
        x, width = axis.x(at), LETTER * len(label) + PADDING
        before = x + width > WIDTH
        begins, finishes = (x - width, x) if before else (x, x + width)
        row = next((number for number, end in enumerate(ends, 1) if end <= begins), 0)
        if row:
            ends[row - 1] = finishes
        marks.append(Mark(x, "step", f"{length(at)}: {brief(text)}", row, label if row else "", before))
    return marks


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _screens(evidence: Evidence, axis: Axis) -> list[Bar]:
    """The record indicator's icons, each until the next."""
    shown = list(islice(evidence.screens, MOST_MARKS))
    ends = [*(at for at, _ in shown[1:]), axis.whole][: len(shown)]
    bars = []
    for (at, screen), end in zip(shown, ends, strict=True):
        text = f"{length(at)}: {screen.icon}, lamp {screen.lamp}: {screen.prompt}"
        bars.append(_bar(axis, at, end, screen.icon, brief(text), brief(screen.prompt or screen.icon)))
    return bars


def _recording(recorded: Recorded, axis: Axis) -> Iterator[Bar]:
    """What is in the files, and the pauses."""
    account = recorded.account
    kept = from_seconds(float(account.get("duration_s") or 0))
    paused = sum(until - since for since, until in recorded.pauses) if recorded.skips else 0
    end = recorded.start + kept + paused
    state = str(account.get("state", ""))
    text = one_line(f"{state}, {length(kept)} from {length(recorded.start)} on")
    yield _bar(axis, recorded.start, end, "failed" if state == "failed" else "recording", text, state)
    for since, until in islice(recorded.pauses, MOST_MARKS):
        yield _bar(axis, since, until, "paused", f"paused from {length(since)} to {length(until)}", "paused")


def _said(datagrams: Sequence[Datagram], axis: Axis) -> list[Bar]:
    """When a party sent something."""
    if not datagrams:
        return []
    instants = sorted(instant for instant, _ in datagrams)
    breaks = [(a, b) for a, b in pairwise(instants) if b - a > SILENT][:MOST_MARKS]
    starts, ends = [instants[0], *(b for _, b in breaks)], [*(a for a, _ in breaks), instants[-1]]
    spans = zip(starts, ends, strict=True)
    return [_bar(axis, a, b, "said", f"packets from {length(a)} to {length(b)}", "") for a, b in spans]


def _bar(axis: Axis, start: int, end: int, kind: str, text: str, label: str) -> Bar:
    x = axis.x(start)
    width = max(axis.x(end) - x, 1.0)
    letters = int((width - PADDING) / LETTER)
    fits = len(label) <= letters
    shown = label if fits else f"{label[: letters - 3]}..." if letters > PADDING else ""
    return Bar(x, round(width, 1), kind, text, shown)


def _messages(evidence: Evidence, protocol: str, axis: Axis) -> list[Mark]:
    passed = (message for message in evidence.messages if message.protocol == protocol)
    return [
        Mark(axis.x(one.instant), "sent" if one.sent else "received", f"{length(one.instant)}: {brief(one.text)}")
        for one in islice(passed, MOST_MARKS)
    ]


def _expected(result: Result, evidence: Evidence, axis: Axis) -> list[Mark]:
    """Each instant at which something was expected, red where it was not so."""
    end = evidence.end.instant
    wrong: dict[int, list[str]] = {}
    for failure in result.failures:
        wrong.setdefault(end if failure.at is None else failure.at, []).append(one_line(failure_text(failure)))
    looked_at = {end if one.at is None else one.at for one in result.case.expected} | wrong.keys()
    marks = []
    for at in islice(sorted(looked_at), MOST_MARKS):
        text = "; ".join(wrong.get(at, [f"{length(at)}: as expected"]))
        marks.append(Mark(axis.x(at), "wrong" if at in wrong else "right", text))
    return marks
