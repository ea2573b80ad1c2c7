"""What is told of a fleet that records by itself, beside what is told of every fleet."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from phone_recorder.bulk.fleet.bottleneck import OTHER_FILES, check_local_room, local_ports
from phone_recorder.bulk.fleet.plan import FleetPlan, Local
from phone_recorder.bulk.fleet.report import Report, as_json
from phone_recorder.bulk.fleet.report_page import page
from phone_recorder.bulk.fleet.report_series import COLUMNS, LOCAL_COLUMNS, as_csv, columns_of
from phone_recorder.bulk.fleet.report_summary import plan_words, summary
from phone_recorder.bulk.fleet.threshold import parse_threshold
from phone_recorder.bulk.fleet.threshold_figures import ALL_FIGURES
from phone_recorder.errors import UsageError
from tests.bulk.fleet.report_runs import PLAN, report_of, second

DOCS = Path(__file__).parents[3] / "docs" / "fleet.md"
LOCAL = Local(Path("/media/<b>"), shared_port=True, check_files=True, receiver="recvmmsg")
UNSEEN = replace(LOCAL, check_files=False)


def of(local: Local) -> FleetPlan:
    return replace(PLAN, server=("", 0), local=local)


def report(local: Local = LOCAL, **more: object) -> Report:
    """Of a run with a file that is not as it should be."""
    found: dict[str, object] = {"files": 400, "frames_lost": 3, "frames_wrong": 2, "files_looked_at": 400, **more}
    return report_of(second(1.0, files=100), second(2.0, **found), plan=of(local))


def test_a_plan_has_a_server_or_a_drive() -> None:
    for wrong in ({"server": ("", 0)}, {"local": LOCAL}):
        with pytest.raises(UsageError, match="a fleet has a record server, or records by itself"):
            replace(PLAN, **wrong)


def test_the_columns_come_last_and_only_where_there_is_something_to_tell() -> None:
    assert columns_of(PLAN) == COLUMNS
    assert list(columns_of(of(LOCAL))) == [
        *COLUMNS,
        "files",
        "frames_lost",
        "frames_wrong",
        "frames_late",
        "files_looked_at",
    ]
    made = report()
    [first, last] = csv.DictReader(io.StringIO(as_csv(made.course, columns_of(made.plan)).decode(), newline=""))
    assert [first[name] for name in LOCAL_COLUMNS] == ["100", "0", "0", "0", "0"]
    assert [last[name] for name in LOCAL_COLUMNS] == ["400", "3", "2", "0", "400"]
    unseen = report(UNSEEN)
    [*_, last] = csv.DictReader(io.StringIO(as_csv(unseen.course, columns_of(unseen.plan)).decode(), newline=""))
    assert [last[name] for name in LOCAL_COLUMNS] == ["400", "3", "", "0", ""]


def test_the_object_has_them_too_and_how_it_was_recorded() -> None:
    told = json.loads(as_json(report()))
    assert (told["totals"]["files"], told["totals"]["frames_lost"], told["totals"]["frames_wrong"]) == (400, 3, 2)
    assert told["plan"]["mode"] == "local"
    assert told["series"][-1]["frames_lost"] == 3
    assert json.loads(as_json(report(UNSEEN)))["totals"]["frames_wrong"] is None
    docs = DOCS.read_text()
    names = [*told["plan"], *told["totals"], *told["series"][-1]]
    names = [name for name in names if not name.endswith(("p50_s", "p90_s", "p95_s", "p99_s", "max_s"))]
    assert [name for name in names if f"`{name}`" not in docs] == []


def test_the_summary_says_what_was_written_and_whether_it_is_right() -> None:
    lines = {text: kind for kind, text in summary(report())}
    assert lines["1,000 phones recorded to /media/<b>, seed 7: 2 s, all calls were made"] == "plain"
    assert lines["files         400 written; frames: 3 lost, 2 wrong"] == "bad"
    lines = {text: kind for kind, text in summary(report(UNSEEN, frames_lost=0, frames_wrong=0))}
    assert (
        lines["files         400 written; frames: 0 lost, not looked at for wrong ones (--check-files does)"] == "good"
    )
    assert dict(plan_words(of(LOCAL), "pattern"))["recorded"] == "one port for all, received by recvmmsg"
    assert "stop badly" not in dict(plan_words(of(LOCAL), "pattern"))


def test_files_that_nobody_has_looked_at_are_not_called_right() -> None:
    unlooked = report(frames_lost=0, frames_wrong=0, files_looked_at=7)
    lines = {text: kind for kind, text in summary(unlooked)}
    assert lines["files         400 written; frames: 0 lost, 0 wrong in the 7 files looked at"] == "warning"
    totals = json.loads(as_json(unlooked))["totals"]
    assert (totals["frames_wrong"], totals["files_looked_at"]) == (None, 7)
    verdict = parse_threshold("frames_wrong>0", ALL_FIGURES).judge(unlooked.course.measured)
    assert (verdict.met, verdict.passed) == (False, False)
    some = report(frames_wrong=2, files_looked_at=7)
    assert json.loads(as_json(some))["totals"]["frames_wrong"] == 2
    assert parse_threshold("frames_wrong>0", ALL_FIGURES).judge(some.course.measured).met


def test_lost_frames_that_came_too_late_are_told_apart() -> None:
    lines = {text: kind for kind, text in summary(report(frames_late=1))}
    assert lines["files         400 written; frames: 3 lost (1 of them came too late), 2 wrong"] == "bad"


def test_the_page_has_them_escaped() -> None:
    made = page(report(bottleneck="the kernel had no room for 3 of the packets that came")).decode()
    assert "/media/&lt;b&gt;" in made
    assert "<b>" not in made
    for text in ("3 frames lost", "2 frames wrong", "Frames lost and wrong so far", "400 written"):
        assert text in made
    assert "as much as of the server" not in made


@pytest.mark.parametrize(("text", "met"), [("frames_lost>2", True), ("frames_wrong>2", False), ("files<400", False)])
def test_thresholds_know_them(text: str, met: bool) -> None:
    assert parse_threshold(text, ALL_FIGURES).judge(report().course.measured).met is met
    with pytest.raises(UsageError, match="is no figure"):
        parse_threshold(text)


def test_more_calls_than_files_or_ports_are_said_with_how_many_are_possible() -> None:
    many, one = of(UNSEEN), of(replace(UNSEEN, shared_port=False))
    check_local_room(many, 1000 + OTHER_FILES)
    check_local_room(one, 3000 + OTHER_FILES)
    with pytest.raises(UsageError, match="ask for 999 phones at most"):
        check_local_room(many, 999 + OTHER_FILES)
    with pytest.raises(
        UsageError, match=f"ask for 333 phones at most, or raise the limit to at least {3000 + OTHER_FILES} "
    ):
        check_local_room(one, 1000 + OTHER_FILES)
    with pytest.raises(UsageError, match=f": raise the limit to at least {3000 + OTHER_FILES} with `ulimit -n`"):
        check_local_room(one, 10)
    most = local_ports() // 2
    check_local_room(replace(one, phones=most), 10_000_000)
    with pytest.raises(UsageError, match="have --shared-port for all"):
        check_local_room(replace(one, phones=most + 1), 10_000_000)
    check_local_room(replace(many, phones=most + 1), 10_000_000)
