from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from phone_recorder.bulk.fleet.report_course import Course
from phone_recorder.bulk.fleet.report_series import COLUMNS, as_csv, rows
from phone_recorder.bulk.spread import Spread
from tests.bulk.fleet.report_runs import course_of, second

DOCS = Path(__file__).parents[3] / "docs" / "fleet.md"
FIRST = ("at_s", "phones", "connecting", "talking", "ending", "attempted", "started", "ended", "cut", "given_up")


def test_names_and_order_of_columns_are_as_others_rely_on() -> None:
    names = tuple(COLUMNS)
    assert names[: len(FIRST)] == FIRST
    assert names[-2:] == ("cpu_share", "bottleneck")
    assert len(names) == 47


def test_every_column_is_in_the_docs() -> None:
    page = DOCS.read_text()
    percentile = re.compile("_(p50|p90|p95|p99|max)_s$")
    assert [name for name in COLUMNS if f"`{percentile.sub('_mean_s', name)}`" not in page] == []
    assert [end for end in ("p50_s", "p90_s", "p95_s", "p99_s", "max_s") if f"`{end}`" not in page] == []


def test_rates_are_since_the_row_before() -> None:
    first, last = list(rows(course_of(second(2.0), second(6.0, failed=8))))
    assert (first["attempted_per_s"], first["packets_per_s"], first["failed_per_s"]) == (100.0, 4995.0, 0.0)
    assert (last["attempted_per_s"], last["packets_per_s"], last["failed_per_s"]) == (100.0, 5000.0, 2.0)
    assert last["octets_per_s"] == 800_000.0


def test_a_mean_is_of_what_came_since_and_percentiles_are_of_all() -> None:
    spread = Spread(3, 0.1, 0.2, 0.2, 0.2, 0.3, 0.3, 0.2)
    more = Spread(5, 0.1, 0.2, 0.9, 0.9, 0.9, 0.9, 0.4)
    both = list(
        rows(
            course_of(second(1.0, stop_latency=spread), second(2.0, stop_latency=more), second(3.0, stop_latency=more))
        )
    )
    assert [row["stop_latency_mean_s"] for row in both] == [0.2, 0.7, None]
    assert [row["stop_latency_p90_s"] for row in both] == [0.2, 0.9, 0.9]
    assert both[0]["loop_lag_p99_s"] is None


def test_the_csv_is_read_by_others() -> None:
    data = as_csv(course_of(second(1.0, bottleneck='it says "no", twice'), second(2.0)))
    assert data.count(b"\r\n") == 3
    assert data.replace(b"\r\n", b"").count(b"\n") == 0
    first, last = csv.DictReader(io.StringIO(data.decode(), newline=""))
    assert list(first) == list(COLUMNS)
    assert (first["bottleneck"], last["bottleneck"]) == ('it says "no", twice', "")
    assert (first["at_s"], first["stop_latency_p99_s"], first["packets_sent"]) == ("1.0", "", "4990")


def test_a_run_without_a_second_is_a_head() -> None:
    assert as_csv(Course()).decode() == ",".join(COLUMNS) + "\r\n"
