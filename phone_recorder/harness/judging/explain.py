"""A case as prose: what `phone-recorder test --explain FILE` prints."""

from __future__ import annotations

from collections.abc import Iterator

from phone_recorder.harness.judging.action_words import words
from phone_recorder.harness.judging.case_words import beginning
from phone_recorder.harness.judging.lengths import length
from phone_recorder.harness.judging.wanted import wanted
from phone_recorder.harness.scenario.actions import Talk
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.scenario.expected import Expectation

Event = tuple[int, str]
"""An instant, and what is so then."""

_COLUMN = 12
_END = "at the end"


def explain(case: Case) -> str:
    """The case in lines: its sentence, its phone, peers and drive, and all that happens in the order of time."""
    head = [case.title, *case.description.splitlines(), f"{case.name} in {case.path.name}", ""]
    rows = [_row(name, text) for name, text in beginning(case)]
    events = [_row(length(at), text) for at, text in _timeline(case)]
    end = [_row(_END, text) for expectation in case.expected if expectation.at is None for text in _wanted(expectation)]
    return "\n".join([*head, *rows, "", *events, *end])


def _row(name: str, text: str) -> str:
    return f"{name:{_COLUMN}}  {text}"


def _timeline(case: Case) -> list[Event]:
    """In order of time; at one instant the call's own, then steps, then expectations, as the engine has it."""
    steps = ((step.at, words(step.action)) for step in case.steps)
    return sorted([*_call(case), *steps, *_looks(case)], key=lambda event: event[0])


def _call(case: Case) -> Iterator[Event]:
    """The first call's beginning and end; a step may hang up before."""
    if not case.call.first:
        return
    yield 0, "the call begins"
    over = [step.at for step in case.steps if isinstance(step.action, Talk) and step.action.what == "hang up"]
    if not over or over[0] > case.call.length:
        yield case.call.length, "the call ends"


def _looks(case: Case) -> Iterator[Event]:
    for expectation in case.expected:
        if expectation.at is not None:
            yield from ((expectation.at, text) for text in _wanted(expectation))


def _wanted(expectation: Expectation) -> Iterator[str]:
    number = f"recording {expectation.recording}, " if expectation.recording else ""
    yield from (f"expect {number}{part.text}" for part in wanted(expectation.what))
