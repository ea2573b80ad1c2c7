"""Expectations held against the evidence: what is not as it was expected, each a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from phone_recorder.harness.evidence import Evidence, Failure, Moment
from phone_recorder.harness.judging.account import judge_account
from phone_recorder.harness.judging.audio import judge_audio
from phone_recorder.harness.judging.files import judge_files
from phone_recorder.harness.judging.lengths import length
from phone_recorder.harness.judging.messages import judge_messages
from phone_recorder.harness.judging.screen import judge_screen
from phone_recorder.harness.judging.state import judge_state
from phone_recorder.harness.judging.wanted import Missed, kind_of
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.scenario.expected import (
    AccountSays,
    AudioIs,
    Expectation,
    FilesAre,
    Messages,
    ScreenIs,
    StateIs,
)

Judge = Callable[[Any, Moment, Evidence, Expectation], Iterator[Missed]]

JUDGES: dict[type, Judge] = {
    ScreenIs: judge_screen,
    StateIs: judge_state,
    FilesAre: judge_files,
    AudioIs: judge_audio,
    AccountSays: judge_account,
    Messages: judge_messages,
}


def judge(case: Case, evidence: Evidence) -> tuple[Failure, ...]:
    """All that is not as the case expects, in the case's order; UsageError if an expression in it is none."""
    return tuple(failure for expectation in case.expected for failure in _failures(expectation, evidence))


def when(expectation: Expectation) -> str:
    """Its instant, and its recording if it names one."""
    instant = "at the end" if expectation.at is None else f"at {length(expectation.at)}"
    return instant if expectation.recording is None else f"{instant}, recording {expectation.recording}"


def _failures(expectation: Expectation, evidence: Evidence) -> Iterator[Failure]:
    for missed in _missed(expectation, evidence):
        expected = f"{when(expectation)}, {missed.wanted}"
        yield Failure(expected, missed.seen, expectation.at, expectation.line, missed.where)


def _missed(expectation: Expectation, evidence: Evidence) -> Iterator[Missed]:
    what, at = expectation.what, expectation.at
    moment = evidence.end if at is None else evidence.moments.get(at)
    if moment is None:
        yield Missed(kind_of(what), "nobody has looked, the scenario was over before")
        return
    yield from JUDGES[type(what)](what, moment, evidence, expectation)
