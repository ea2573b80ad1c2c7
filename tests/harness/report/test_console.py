"""A run on a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.harness.evidence import Failure
from phone_recorder.harness.report.console import closing, lines
from phone_recorder.harness.report.replay import Command
from phone_recorder.harness.report.tally import NAMED, tallied
from phone_recorder.harness.runner.result import Outcome
from tests.harness.report.results import COMMAND, FAILURE, case, result


def test_a_case_that_passed_is_one_line() -> None:
    assert list(lines(result())) == [("passed", "passed   stick  (0.04 s)")]


def test_a_case_that_failed_has_a_line_for_each_failure() -> None:
    failed = result("failed", failures=(FAILURE, Failure("files count 1", "there are 2", None, 13)))
    assert list(lines(failed)) == [
        ("failed", "failed   stick  (0.04 s)"),
        ("detail", "  stick.scenario.yaml:12: at 1 s, state recording: it is idle"),
        ("detail", "  stick.scenario.yaml:13: files count 1: there are 2"),
    ]


def test_trouble_says_what_it_is() -> None:
    assert list(lines(result("trouble", why="the process was killed"))) == [
        ("trouble", "trouble  stick  (0.04 s)"),
        ("detail", "  stick.scenario.yaml: the process was killed"),
    ]


@pytest.mark.parametrize(
    ("outcome", "count"), [("passed", 0), ("skipped", 0), ("failed", 2), ("bad", 1), ("trouble", 1)]
)
def test_quietly_only_what_is_wrong_is_told(outcome: Outcome, count: int) -> None:
    assert len(list(lines(result(outcome), quiet=True))) == count


def test_a_name_cannot_steer_the_terminal() -> None:
    assert all(text.isprintable() for _, text in lines(result("failed", "a\x1b[2J\nb")))


def test_the_end_has_the_totals_and_the_seed() -> None:
    assert list(closing(tallied([result(), result("skipped")], 1.234), COMMAND)) == [
        ("passed", "1 passed, 1 skipped in 1.23 s, seed 42")
    ]


def test_the_end_says_how_to_play_again_what_failed() -> None:
    assert list(closing(tallied([result("failed", "a[1]"), result(), result("failed", "b")]), COMMAND))[1:] == [
        ("hint", "to play it again: phone-recorder test --seed 42 -k '=a[1] or =b' a.scenario.yaml b.scenario.yaml")
    ]


def test_of_many_that_failed_all_are_played_again() -> None:
    tally = tallied(result("failed", f"case{number}") for number in range(NAMED + 1))
    command = Command(42, ("--live",), ("-k", "x or y"), (Path("some"), Path("more")))
    assert list(closing(tally, command))[1:] == [
        ("hint", "to play it again: phone-recorder test --seed 42 --live -k 'x or y' some more")
    ]


def test_a_case_that_could_not_have_failed_says_so() -> None:
    assert list(lines(result("passed", case=case(expected=())))) == [
        ("passed", "passed   stick  (0.04 s)  though nothing is expected")
    ]
