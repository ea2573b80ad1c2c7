"""Counts of outcomes."""

from __future__ import annotations

from typing import get_args

import pytest

from phone_recorder.harness.report.tally import NAMED, OUTCOMES, Tally, tallied
from phone_recorder.harness.runner.result import Outcome
from tests.harness.report.results import result


def test_every_outcome_is_counted() -> None:
    assert sorted(OUTCOMES) == sorted(get_args(Outcome))


def test_results_are_counted_by_outcome() -> None:
    tally = tallied([result(), result(), result("failed"), result("skipped")], 1.5)
    assert (str(tally), tally.total, tally.took_s) == ("1 failed, 2 passed, 1 skipped", 4, 1.5)


@pytest.mark.parametrize(
    ("outcomes", "worst"),
    [
        ([], "skipped"),
        (["skipped", "passed"], "passed"),
        (["passed", "failed"], "failed"),
        (["failed", "bad"], "bad"),
        (["bad", "trouble", "passed"], "trouble"),
    ],
)
def test_the_worst_is_known(outcomes: list[Outcome], worst: str) -> None:
    assert tallied(map(result, outcomes)).worst == worst


def test_only_a_few_cases_that_went_wrong_are_kept() -> None:
    tally = tallied(result("failed", f"case{number}") for number in range(100))
    assert [case.name for case in tally.wrong] == [f"case{number}" for number in range(NAMED + 1)]


def test_those_that_went_wrong_are_counted() -> None:
    outcomes: list[Outcome] = ["bad", "trouble", "failed", "failed", "passed", "skipped"]
    assert tallied(map(result, outcomes)).wrong_count == 4


def test_nothing_is_said_to_be_nothing() -> None:
    assert str(Tally()) == "nothing was played"
