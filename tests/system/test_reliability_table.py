"""The table of tests/reliability.py, and the fixture that fills it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability import BEGIN, END, PAGE, RESULTS, Case, summary, table, with_table
from tests.system.conftest import Reliability


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of results of this test's own, whoever runs it."""
    monkeypatch.setenv(RESULTS, str(tmp_path / "results"))
    return tmp_path / "results"


def test_the_runs_of_a_case_are_one_line_with_the_worst_of_each(results: Path, reliability: Reliability) -> None:
    reliability("pulled", lost_s=0.25, seen_s=0.5)
    reliability("killed", lost_s=0.125, runs=200, note="at random")
    reliability("pulled", lost_s=0.75, seen_s=0.125, files_lost=1)
    reliability("killed", lost_s=0.0)
    cases = summary(results.read_text().splitlines())
    assert cases == [Case("pulled", 0.75, 0.5, 1, 2), Case("killed", 0.125, None, 0, 201, "at random")]
    assert table(cases).splitlines()[2:] == [
        "| pulled | 2 | 1 | 0.75 s | 0.50 s |",
        "| killed (at random) | 201 | 0 | 0.12 s | - |",
    ]


def test_without_a_file_for_them_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reliability: Reliability
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(RESULTS, raising=False)
    reliability("pulled", lost_s=0)
    assert list(tmp_path.iterdir()) == []


def test_a_test_with_the_fixture_has_the_mark(request: pytest.FixtureRequest, reliability: Reliability) -> None:
    assert request.node.get_closest_marker("reliability")


def test_the_table_takes_its_place_on_the_page_twice_the_same() -> None:
    page = f"before\n{BEGIN}an old one\n{END}after\n"
    once = with_table(page, "| new |\n")
    assert once == f"before\n{BEGIN}\n| new |\n\n{END}after\n" == with_table(once, "| new |\n")
    with pytest.raises(ValueError, match="no place for a table"):
        with_table("no marks", "")


def test_by_the_page_no_file_was_lost_and_no_more_than_a_second_of_audio() -> None:
    inside, end, _ = PAGE.read_text().partition(BEGIN)[2].partition(END)
    assert end
    for row in [line.split(" | ") for line in inside.splitlines() if line.startswith("| ")][2:]:
        assert (row[2], float(row[3].removesuffix(" s")) <= 1) == ("0", True), row
