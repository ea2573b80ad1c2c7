"""The table of tests/reliability.py, and the fixture that fills it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench import usb
from tests.reliability import (
    BEGIN,
    END,
    PAGE,
    RESULTS,
    SPEED_BEGIN,
    SPEED_END,
    Case,
    summary,
    table,
    titles,
    with_table,
)
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


def test_without_a_file_for_them_nothing_is_kept_and_each_case_must_have_its_line_on_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reliability: Reliability
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(RESULTS, raising=False)
    reliability("drive recorded full", lost_s=0)
    with pytest.raises(LookupError, match=r"'drive recorded fool' has no line in docs/reliability.md"):
        reliability("drive recorded fool", lost_s=0)
    with pytest.raises(LookupError, match="has no line"):
        reliability("case", lost_s=0)
    assert list(tmp_path.iterdir()) == []


def test_the_titles_of_a_page_are_those_of_its_table() -> None:
    made = table([Case("pulled", 0.0), Case("killed", 0.0, note="at random")])
    assert titles(f"| x | y |\n{BEGIN}\n{made}\n{END}| z | y |\n") == ["pulled", "killed (at random)"]


def test_the_page_has_a_line_for_each_case_that_a_test_tells_of() -> None:
    """Also of tests that are skipped on this machine."""
    page = PAGE.read_text()
    for path in Path(__file__).parent.glob("test_*.py"):
        if path.samefile(__file__):
            continue
        for pattern in named_cases(path.read_text()):
            assert any(re.fullmatch(pattern, title) for title in titles(page)), (path.name, pattern)


def named_cases(source: str) -> Iterator[str]:
    """What tests tell as the first argument of `reliability`, as patterns: what stands in braces may be anything."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "reliability":
            [first, *_] = call.args
            parts = first.values if isinstance(first, ast.JoinedStr) else [first]
            texts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in parts]
            yield "".join(texts) + r"(?: \(.+\))?"


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


def test_how_soon_a_stick_is_ready_and_its_removal_seen_stands_on_the_page_and_is_on_time() -> None:
    inside, end, _ = PAGE.read_text().partition(SPEED_BEGIN)[2].partition(SPEED_END)
    assert end
    rows = [line.strip("| ").split(" | ") for line in inside.splitlines() if line.startswith("| ")][2:]
    assert [row[0].rpartition(",")[0] for row in rows] == [usb.PLUGGED, usb.PULLED]
    for row in rows:
        median, _, target = (int(cell.removesuffix(" ms")) for cell in row[1:])
        assert median < target


def test_the_times_are_a_table() -> None:
    assert usb.table({usb.PLUGGED: [0.01, 0.03, 0.0204]}).splitlines() == [
        "| USB stick | median | worst | target |",
        "| --- | --- | --- | --- |",
        "| plugged in until it can be recorded to, 3 times | 20 ms | 30 ms | 100 ms |",
    ]
