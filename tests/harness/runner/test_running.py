from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.runner.running import RunOptions, allowed_s, repeated, run, trials_of
from phone_recorder.harness.runner.seeds import seed_of
from phone_recorder.harness.scenario.actions import Press, Step
from phone_recorder.harness.scenario.case import CallPlan
from phone_recorder.harness.scenario.expected import Expectation, StateIs
from tests.harness.fake_engine import ENGINE, case

CASES = (case("a"), case("b", "fails"), case("c", "asks for nonsense"), case("d", "breaks"), case("e", live=True))
OUTCOMES = ["passed", "failed", "bad", "trouble", "skipped"]


def essence(results: list[Result]) -> list[Result]:
    """All but the times."""
    return [replace(result, took_s=0) for result in results]


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_case_has_its_result_in_order(tmp_path: Path, jobs: int) -> None:
    results = list(run(CASES, RunOptions(7, tmp_path, jobs), ENGINE))
    assert [result.case.name for result in results] == list("abcde")
    assert [result.outcome for result in results] == OUTCOMES
    assert list(tmp_path.iterdir()) == []


def test_neither_processes_nor_a_selection_change_what_comes_of_a_case(tmp_path: Path) -> None:
    options = RunOptions(7, tmp_path, wanted=True)
    alone = essence(list(run(CASES, options, ENGINE)))
    assert essence(list(run(CASES, replace(options, jobs=3), ENGINE))) == alone
    assert [result.seed for result in run(CASES[2:], options, ENGINE)] == [result.seed for result in alone[2:]]


def test_a_process_that_is_killed_is_trouble_for_its_case_alone(tmp_path: Path) -> None:
    cases = (case("a"), case("b", "is killed"), case("c"), case("d", "exits"), case("e"))
    results = list(run(cases, RunOptions(7, tmp_path, jobs=2), ENGINE))
    assert [result.outcome for result in results] == ["passed", "trouble", "passed", "trouble", "passed"]
    assert results[1].why.startswith("signal 9 has ended its process, as the system does when memory runs out: ")
    assert results[3].why == "its process has ended with exit code 9"
    assert [result.ours for result in results] == [False, False, False, True, False]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_case_that_is_not_over_in_time_fails_and_leaves_nothing(tmp_path: Path, jobs: int) -> None:
    cases = (case("a"), case("b", "never ends"), case("c"))
    options = RunOptions(7, tmp_path, jobs, timeout_s=2)
    results = list(run(cases, options, ENGINE))
    assert [result.outcome for result in results] == ["passed", "failed", "passed"]
    [failure] = results[1].failures
    assert str(failure) == (
        "over within 2 s of real time: it was ended: is there a pattern in it that tries without end, or does it need a"
        " longer --timeout?"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("more", "live", "allowed"),
    [
        ({}, False, 300 + 1 / 60),
        ({}, True, 301),
        ({"steps": (Step(80_000, Press("record")),)}, True, 310),
        ({"call": CallPlan(8000 * 3600)}, False, 360),
        ({"expected": (Expectation(StateIs()), Expectation(StateIs(), at=160_000))}, True, 320),
    ],
)
def test_a_long_case_has_more_time(more: dict[str, object], live: bool, allowed: float) -> None:
    assert allowed_s(replace(case("a"), **more), 300, live) == pytest.approx(allowed)  # type: ignore[arg-type]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("title", ["fails", "asks for nonsense", "breaks"])
def test_it_stops_at_the_first_that_has_not_passed(tmp_path: Path, jobs: int, title: str) -> None:
    cases = (case("a"), case("b", live=True), case("c", title), case("d", "fails"))
    results = list(run(cases, RunOptions(7, tmp_path, jobs, stop=True), ENGINE))
    assert [result.case.name for result in results] == ["a", "b", "c"]


def test_repeated_cases_have_names_and_seeds_of_their_own_and_the_first_is_as_ever() -> None:
    fixed = case("b", seed=1)
    cases = repeated((CASES[0], fixed), 3)
    assert [case.name for case in cases] == ["a", "b", "a #2", "b #2", "a #3", "b #3"]
    seeds = [trial.seed for trial in trials_of(cases, RunOptions(7, Path()))]
    assert seeds[0] == seed_of(CASES[0], 7)
    assert len(set(seeds[::2])) == 3 and set(seeds[1::2]) == {1}


def test_each_case_has_a_directory_of_its_own_with_a_name_for_any_file_system() -> None:
    names = ["a/b: *?", "a[b: *?", "x" * 300, "..", "ütf"]
    trials = trials_of([case(name) for name in names], RunOptions(7, Path("d")))
    assert [trial.place.name for trial in trials] == [
        "001-a_b_", "002-a_b_", "003-" + "x" * 120, "004-..", "005-ütf"
    ]  # fmt: skip
    assert {trial.place.parent for trial in trials} == {Path("d")}
