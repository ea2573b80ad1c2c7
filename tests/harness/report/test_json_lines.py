"""A run as JSON lines."""

from __future__ import annotations

import json

import pytest

from phone_recorder import __version__
from phone_recorder.harness.evidence import Failure, Where
from phone_recorder.harness.report.json_lines import result_line, summary_line
from phone_recorder.harness.report.tally import tallied
from tests.harness.report.results import FAILURE, case, result


def test_a_result_is_an_object_on_a_line() -> None:
    failures = (FAILURE, Failure("files count 1", "there are 2"))
    line = result_line(result("failed", case=case("stick", tags=("drive", "S2")), failures=failures))
    assert "\n" not in line
    assert json.loads(line) == {
        "type": "result",
        "name": "stick",
        "file": "stick.scenario.yaml",
        "title": "What stick is about",
        "tags": ["drive", "S2"],
        "outcome": "failed",
        "seed": 7,
        "failures": [
            {"line": 12, "at_s": 1.0, "expected": "at 1 s, state recording", "seen": "it is idle", "where": None},
            {"line": None, "at_s": None, "expected": "files count 1", "seen": "there are 2", "where": None},
        ],
        "why": "",
        "took_s": 0.044,
    }


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (Where(12_000, 16_000, "far"), {"party": "far", "from_s": 1.5, "to_s": 2.0}),
        (Where(0, None), {"party": None, "from_s": 0.0, "to_s": None}),
    ],
)
def test_where_in_a_recording_it_is_is_told_in_seconds(where: Where, told: dict[str, object]) -> None:
    line = result_line(result("failed", failures=(Failure("audio silent", "-7 dB", where=where),)))
    assert json.loads(line)["failures"][0]["where"] == told


def test_a_case_that_could_not_have_failed_says_so() -> None:
    assert json.loads(result_line(result(case=case(expected=()))))["why"] == "though nothing is expected"


def test_any_text_stays_on_its_line_and_can_be_written_anywhere() -> None:
    line = result_line(result("bad", why="a\nb\u2028\udcff李"))
    assert line.isascii()
    assert json.loads(line)["why"] == "a\nb\u2028\udcff李"


def test_the_summary_counts_every_outcome() -> None:
    assert json.loads(summary_line(tallied([result(), result("failed")], 0.5), 42)) == {
        "type": "summary",
        "version": __version__,
        "seed": 42,
        "total": 2,
        "trouble": 0,
        "bad": 0,
        "failed": 1,
        "passed": 1,
        "skipped": 0,
        "took_s": 0.5,
    }
