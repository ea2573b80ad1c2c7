"""Which device a case is for: what its file says, and what becomes of it where another one is tested."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.errors import NotConforming, UsageError
from phone_recorder.harness.evidence import Evidence
from phone_recorder.harness.runner.one_case import Engine, Trial, try_case
from phone_recorder.harness.scenario.case import Case, Subject
from phone_recorder.harness.scenario.reading import read_cases
from tests.harness.fake_engine import case, judge, play


def read(tmp_path: Path, *lines: str) -> Case:
    path = tmp_path / "a.scenario.yaml"
    path.write_text("\n".join(["scenario: Something is so", *lines]))
    [found] = read_cases(path)
    return found


@pytest.mark.parametrize(
    ("lines", "subject", "arrivals"),
    [
        ([], "phone", None),
        (["subject: agent"], "agent", None),
        (["subject: arrivals"], "arrivals", None),
        (["subject: arrivals", "arrivals: 3"], "arrivals", 3),
    ],
)
def test_a_file_says_whom_it_is_for(lines: list[str], subject: str, arrivals: int | None, tmp_path: Path) -> None:
    found = read(tmp_path, *lines)
    assert (found.subject, found.arrivals) == (subject, arrivals)


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        (["subject: telephone"], ":2: subject: "),
        (["subject: arrivals", "arrivals: 0"], ":3: arrivals: "),
        (["arrivals: 1"], ":2: arrivals: only of a phone that comes: write subject: arrivals too, or leave it out"),
    ],
)
def test_what_it_cannot_say_has_its_line(lines: list[str], error: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, *lines)
    assert error in str(caught.value)


def test_strangers_reach_an_agent_without_a_server(tmp_path: Path) -> None:
    step = "steps: [{at: 1 s, rtp: wrong source 1 packet}]"
    read(tmp_path, "subject: agent", step)
    with pytest.raises(UsageError, match="record server only"):
        read(tmp_path, step)


@pytest.mark.parametrize(
    ("of_case", "tested", "outcome"),
    [
        ("phone", "phone", "passed"),
        ("phone", "agent", "passed"),
        ("agent", "agent", "passed"),
        ("agent", "phone", "skipped"),
        ("arrivals", "phone", "skipped"),
        ("arrivals", "agent", "skipped"),
    ],
)
def test_a_case_is_played_where_it_belongs(of_case: Subject, tested: Subject, outcome: str, tmp_path: Path) -> None:
    engine = Engine(play, judge, subject=tested)
    result = try_case(Trial(case("a", subject=of_case), 7, tmp_path / "a"), engine)
    assert (result.outcome, bool(result.why)) == (outcome, outcome == "skipped")


def test_what_a_device_cannot_do_is_skipped_with_its_reason(tmp_path: Path) -> None:
    engine = Engine(play, judge, why_not=lambda one: f"{one.name} is too much")
    result = try_case(Trial(case("a"), 7, tmp_path / "a"), engine)
    assert (result.outcome, result.why) == ("skipped", "a is too much")
    assert not (tmp_path / "a").exists()


def test_a_device_that_gives_up_has_failed_and_is_no_trouble_of_ours(tmp_path: Path) -> None:
    def gives_up(case: Case, seed: int, place: Path, keep: bool = False) -> Evidence:
        raise NotConforming("it is gone")

    result = try_case(Trial(case("a"), 7, tmp_path / "a"), Engine(gives_up, judge))
    assert (result.outcome, list(map(str, result.failures))) == (
        "failed",
        ["what is tested goes on to the end: it is gone"],
    )
