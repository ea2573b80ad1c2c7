"""All expectations of a case, in its order."""

from __future__ import annotations

from typing import get_args

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.evidence import Failure
from phone_recorder.harness.judging.judge import JUDGES, judge
from phone_recorder.harness.scenario.expected import AccountSays, Expectation, FilesAre, ScreenIs, StateIs, What
from phone_recorder.recording.units import SECOND
from tests.harness.judging.evidence import case, evidence, exactly, moment, screen

FULL = moment(2 * SECOND, screen=screen(icon="idle", prompt="Recording failed: the drive is full"))


def test_every_kind_of_expectation_has_a_judge() -> None:
    assert set(JUDGES) == set(get_args(What))


def test_a_failure_is_one_line_with_its_instant_and_its_place_in_the_file() -> None:
    expected = Expectation(ScreenIs(icon="recording"), at=2 * SECOND, line=17)
    failure = judge(case(expected), evidence(moments={2 * SECOND: FULL}))[0]
    assert failure == Failure(
        "at 2 s, screen icon recording", 'it is idle, "Recording failed: the drive is full"', 2 * SECOND, 17
    )
    assert str(failure) == 'at 2 s, screen icon recording: it is idle, "Recording failed: the drive is full"'


def test_failures_come_in_the_order_of_the_scenario() -> None:
    expected = (
        Expectation(FilesAre(count=exactly(2)), line=3),
        Expectation(StateIs(key="recording"), line=4),
        Expectation(StateIs(key="idle", call="held"), line=5),
        Expectation(AccountSays({"parts": exactly(2)}), line=6, recording=1),
    )
    assert [failure.line for failure in judge(case(*expected), evidence())] == [3, 5, 5, 6]


def test_a_case_that_is_as_expected_has_no_failures() -> None:
    assert judge(case(Expectation(StateIs(key="recording")), Expectation(FilesAre(whole=True))), evidence()) == ()
    assert judge(case(), evidence()) == ()


def test_an_instant_that_was_never_reached_is_a_failure() -> None:
    failures = judge(case(Expectation(ScreenIs(icon="recording"), at=2 * SECOND)), evidence())
    assert list(map(str, failures)) == ["at 2 s, screen: nobody has looked, the scenario was over before"]


def test_a_moment_is_judged_by_itself_and_not_by_the_end() -> None:
    moments = {SECOND: moment(SECOND, key="idle", screen=screen(prompt=""))}
    seen = evidence(moment(key="recording"), moments)
    assert judge(case(Expectation(StateIs(key="idle"), at=SECOND)), seen) == ()
    assert len(judge(case(Expectation(StateIs(key="recording"), at=SECOND)), seen)) == 1


def test_an_expression_that_is_none_is_the_authors_error() -> None:
    with pytest.raises(UsageError, match="is no regular expression"):
        judge(case(Expectation(ScreenIs(prompt="/[/"))), evidence())
