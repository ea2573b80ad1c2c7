"""The JSON of a run, and its summary."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.bulk.fleet.bottleneck import NO_FILES
from phone_recorder.bulk.fleet.plan import Bad
from phone_recorder.bulk.fleet.report import as_json
from phone_recorder.bulk.fleet.report_series import COLUMNS
from phone_recorder.bulk.fleet.report_summary import MOST_REASONS, plan_words, summary
from phone_recorder.bulk.fleet.snapshot import Snapshot
from phone_recorder.bulk.media_impairments import Impairments
from phone_recorder.recording.units import from_ms, from_seconds
from tests.bulk.fleet.report_runs import HOSTILE, PLAN, bad, good, report_of, second

DOCS = Path(__file__).parents[3] / "docs" / "fleet.md"


def names_of(document: Mapping[str, Any]) -> set[str]:
    """Every key but those of the series, which are its columns."""
    inner = [one for name, one in document.items() if isinstance(one, dict) and name != "series"]
    return set(document).union(*(names_of(one) for one in inner))


def test_the_object_has_all_of_a_run() -> None:
    told = json.loads(as_json(bad()))
    assert told["version"] == 1
    assert told["began_at"].startswith("2026-03-14T15:09:26")
    assert (told["lasted_s"], told["why_ended"]) == (4.0, "all calls were made")
    assert told["plan"]["server"] == {"host": "127.0.0.1", "port": 10000}
    assert (told["plan"]["phones"], told["plan"]["ramp_per_s"], told["plan"]["talk"]) == (1000, 100.0, "3s")
    assert (told["totals"]["attempted"], told["totals"]["failed"], told["totals"]["cpu_share"]) == (400, 12, 0.4)
    assert told["totals"]["bottleneck_share"] == round(2 / 3, 6)
    assert told["spreads_s"]["start_latency"]["p99"] == 0.012
    assert told["spreads_s"]["stop_latency"] is None
    assert told["failures"] == [
        {"reason": "cannot connect: connection refused", "count": 10},
        {"reason": HOSTILE, "count": 2},
    ]
    assert [(one["value"], one["met"], one["passed"]) for one in told["thresholds"]] == [
        (12.0, True, False),
        (0.012, False, True),
        (None, False, False),
    ]
    assert [one["at_s"] for one in told["series"]] == [1.0, 2.0, 3.0, 4.0]
    assert list(told["series"][0]) == list(COLUMNS)


def test_every_name_in_it_is_in_the_docs() -> None:
    page = DOCS.read_text()
    assert [name for name in sorted(names_of(json.loads(as_json(bad())))) if f"`{name}`" not in page] == []


def test_what_no_utf_8_has_does_not_stop_it() -> None:
    told = json.loads(as_json(good(failed=1, failures={"\udcff": 1})))
    assert told["failures"] == [{"reason": "?", "count": 1}]


def lines(*snapshots: Snapshot, fail_if: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return list(summary(report_of(*snapshots, fail_if=fail_if)))


def test_the_summary_of_a_good_run() -> None:
    assert list(summary(good())) == [
        ("plain", "1,000 phones against 127.0.0.1:10000, seed 7: 4 s, all calls were made"),
        ("good", "recordings    400 attempted, 397 started, 0 ended in order, 0 failed (100/s)"),
        ("plain", "                     p50       p90       p95       p99       max      mean"),
        ("plain", "start               2 ms      4 ms      5 ms     12 ms     34 ms    2.5 ms"),
        ("plain", "stop                   -         -         -         -         -         -"),
        ("plain", "lateness            1 ms      1 ms      2 ms      4 ms      9 ms      1 ms"),
        ("plain", "loop lag               -         -         -         -         -         -"),
        ("plain", "packets       20,000 said, 19,990 sent, 10 dropped on purpose, 0 unsent (4,998/s, 6.4 Mbit/s)"),
        ("plain", "this process  40 % of a core"),
    ]


def test_what_is_wrong_is_told_with_its_reasons_thresholds_and_the_bottleneck() -> None:
    told = list(summary(bad()))
    assert [text for kind, text in told if kind == "bad"] == [
        "recordings    400 attempted, 397 started, 0 ended in order, 12 failed (100/s)",
        "failed        10  cannot connect: connection refused",
        f"               2  {HOSTILE}",
        "threshold     failed>10 is met: 12",
        "threshold     stop_p99>1s cannot be told: nothing was measured",
    ]
    assert ("good", "threshold     start_p99>1s is not met: 12 ms") in told
    kind, text = told[-1]
    assert kind == "warning"
    assert text.startswith("the fleet itself was the bottleneck: it uses all of a core (99%) (for 2 s of the run).")


def test_many_reasons_are_counted_together() -> None:
    reasons = {f"reason {number:02}": 1 for number in range(MOST_REASONS + 5)}
    told = [text for _, text in lines(second(1.0), second(4.0, failed=15, failures=reasons))]
    assert told[1 + MOST_REASONS].endswith("1  reason 09")
    assert told[2 + MOST_REASONS].endswith("5  for 5 other reasons")


@pytest.mark.parametrize(
    ("reason", "started", "hint"),
    [
        ("cannot connect: connection refused", 0, "is a record server running at 127.0.0.1:10000?"),
        (f"cannot connect: {NO_FILES}", 0, ""),
        ("connection lost before any answer: connection reset by peer", 3, "does the server limit one host?"),
        ("connection lost: connection reset by peer", 3, ""),
        ("refused: full", 0, ""),
    ],
)
def test_what_to_do_where_the_server_does_not_answer(reason: str, started: int, hint: str) -> None:
    told = lines(second(1.0), second(4.0, started=started, failed=2, failures={reason: 2}))
    found = [text.strip() for kind, text in told if kind == "warning"]
    assert (len(found), [text.startswith(hint) for text in found]) == ((1, [True]) if hint else (0, []))


def test_a_run_that_started_nothing_is_not_well_though_nothing_failed() -> None:
    assert lines(Snapshot(at_s=0.5, given_up=3, attempted=3))[1] == (
        "bad",
        "recordings    3 attempted, 0 started, 0 ended in order, 3 given up at the end, 0 failed",
    )


def test_the_plan_in_words() -> None:
    assert dict(plan_words(PLAN, "pattern")) == {
        "phones": "1,000, 100 more each second",
        "talk": "3s, then 1s until the next call",
        "calls": "one of each phone",
        "media": "PCMU, 20 ms, pattern",
        "network": "unimpaired",
        "stop badly": "none",
    }
    other = replace(
        PLAN,
        ramp=0.0,
        calls=5000,
        lasts=from_seconds(600),
        impairments=Impairments(loss=0.02, reorder=0.1, jitter=from_ms(20)),
        bad_share=0.05,
        bad=(Bad.RESET, Bad.MUTE),
    )
    told = dict(plan_words(other, "tone:440"))
    assert told["phones"] == "1,000, all at once"
    assert told["calls"] == "5,000 in all, for 10 min 00 s"
    assert told["network"] == "loss 2 %, reorder 10 %, jitter up to 20 ms"
    assert told["stop badly"] == "5 %: reset, mute"
