"""What a failure is about: the expectation that it is of, and where in a recording something is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from phone_recorder.harness.evidence import Failure
from phone_recorder.harness.judging.audio_words import phrase
from phone_recorder.harness.judging.judge import when
from phone_recorder.harness.judging.wanted import wanted
from phone_recorder.harness.report.texts import failure_text, one_line
from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.scenario.bound import WHOLE, Span
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.scenario.expected import AudioIs, Expectation


class Place(NamedTuple):
    """A stretch of a recording, in units of its own time; `end` None is its end.

    `text` is the failure, `label` what was expected there; a failure's second place has none.
    """

    start: int
    end: int | None
    text: str
    label: str = ""


def expectation_of(case: Case, failure: Failure) -> Expectation | None:
    """The one that has failed; None where it is of none, as of a made-up case."""
    return next((one for one in case.expected if _is_of(failure, one)), None)


def wrong_places(result: Result, recording: int) -> Iterator[Place]:
    """Where in this recording, counted from 1, something was expected to be heard and was not, or otherwise."""
    for failure in result.failures:
        one = expectation_of(result.case, failure)
        if one and isinstance(one.what, AudioIs) and one.recording in (None, recording):
            text, (first, *more) = one_line(failure_text(failure)), _stretches(one.what.span, failure)
            yield Place(*first, text, one_line(phrase(one.what)))
            yield from (Place(*stretch, text) for stretch in more)


def _is_of(failure: Failure, one: Expectation) -> bool:
    if (failure.line, failure.at) != (one.line, one.at):
        return False
    return failure.expected in {f"{when(one)}, {part.text}" for part in wanted(one.what)}


def _stretches(span: Span, failure: Failure) -> Iterator[tuple[int, int | None]]:
    """That part of what was listened to which is told; where that is an instant, what was listened to stands first."""
    where = failure.where
    instant = where is not None and where.start == where.end
    if where is None or (instant and span != WHOLE):
        yield span.start, span.end
    if where is not None:
        yield where.start, where.end
