"""Which expectation a failure is of, and where in a recording something is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phone_recorder.harness.evidence import Failure, Where
from phone_recorder.harness.judging.judge import judge
from phone_recorder.harness.report.blamed import expectation_of, wrong_places
from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.scenario.bound import Span
from phone_recorder.harness.scenario.expected import AudioIs, Expectation, FilesAre, Messages, StateIs
from phone_recorder.recording.units import SECOND
from tests.harness.report.results import FAILURE, case, evidence, result

WHOLE, PART = (0, None), (SECOND, 3 * SECOND)
CLICKS = AudioIs("no clicks")
SILENT = AudioIs("silent", span=Span(SECOND, 3 * SECOND))


def heard(what: AudioIs, seen: str, recording: int | None = None) -> Result:
    """A failure of that, and what was seen."""
    expectation = Expectation(what, recording=recording, line=9)
    (failure,) = judge(case(expected=(expectation,)), evidence())
    return result("failed", case=case(expected=(expectation,)), failures=(Failure(failure.expected, seen, None, 9),))


def test_every_failure_that_is_judged_is_of_its_expectation() -> None:
    """Several stand in one line of the file."""
    whats = (
        StateIs(key="recording", call="idle"),
        FilesAre(codec="PCMA"),
        CLICKS,
        SILENT,
        Messages("sip", ("sent BYE",)),
    )
    one = case(expected=tuple(Expectation(what, line=9) for what in whats))
    failures = judge(one, evidence())
    assert [expectation_of(one, failure) for failure in failures] == [one.expected[n] for n in (0, 0, 1, 2, 3, 4)]


def test_a_failure_of_no_expectation_is_none() -> None:
    assert expectation_of(case(expected=()), FAILURE) is None
    assert list(wrong_places(result("failed"), 1)) == []


@pytest.mark.parametrize(
    ("what", "where", "places"),
    [
        (CLICKS, Where(4000, 4000), [(4000, 4000)]),
        (CLICKS, Where(8000, 10_000, "far"), [(8000, 10_000)]),
        (CLICKS, Where(8000, None), [(8000, None)]),
        (SILENT, Where(20_000, 20_000), [PART, (20_000, 20_000)]),
        (SILENT, Where(9000, 10_000), [(9000, 10_000)]),
        (SILENT, None, [PART]),
        (CLICKS, None, [WHOLE]),
    ],
)
def test_it_is_where_the_failure_is_or_where_one_listened(
    what: AudioIs, where: Where | None, places: list[tuple[int, int | None]]
) -> None:
    failed = heard(what, "a jump at 7 s, and another between 8 s and 9 s")
    failed = replace(failed, failures=tuple(replace(failure, where=where) for failure in failed.failures))
    found = list(wrong_places(failed, 1))
    assert [(place.start, place.end) for place in found] == places
    assert found[0].label and not any(place.label for place in found[1:])
    assert all("a jump at 7 s" in place.text for place in found)


@pytest.mark.parametrize(("recording", "of"), [(None, {1, 2}), (1, {1}), (2, {2})])
def test_it_is_in_the_recording_that_was_meant(recording: int | None, of: set[int]) -> None:
    failed = heard(CLICKS, "at 0.5 s it leaps", recording)
    assert {number for number in (1, 2, 3) if any(wrong_places(failed, number))} - {3} == of
