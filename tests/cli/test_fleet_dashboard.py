"""The dashboard as text: what is on it, on terminals of several sizes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

rich = pytest.importorskip("rich")

from phone_recorder.bulk.fleet.plan import Local  # noqa: E402
from phone_recorder.bulk.fleet.report_course import Course  # noqa: E402
from phone_recorder.bulk.fleet.snapshot import Snapshot  # noqa: E402
from phone_recorder.cli.fleet_dashboard import LEAST_HEIGHT, Dashboard, can_draw  # noqa: E402
from phone_recorder.recording.units import from_seconds  # noqa: E402
from tests.bulk.fleet.report_runs import PLAN, second  # noqa: E402

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def course(*snapshots: Snapshot) -> Course:
    made = Course()
    for one in snapshots or (second(1.0), second(2.0), second(3.0, packets_sent=10_000), second(4.0)):
        made.add(one)
    return made


def screen(of: Course, width: int = 80, height: int = 24, plain: bool = False) -> list[str]:
    return [one.plain for one in Dashboard(PLAN, plain).texts(of, width, height)]


def test_a_usual_terminal_shows_all_of_a_run() -> None:
    lines = screen(course())
    assert lines[0].startswith("1,000 phones against 127.0.0.1:10000, seed 7 ")
    assert lines[0].endswith(" 0:04")
    assert lines[1].startswith("100 more each second, talk 3s, PCMU 20 ms ")
    assert lines[1].endswith("Ctrl-C ends it")
    assert lines[2] == ""
    assert re.fullmatch(r"talking          397  █{24}░{34}", lines[3])
    assert re.fullmatch(r"connecting         3  █░+", lines[4])
    assert re.fullmatch(r"ending             0  ░+", lines[5])
    assert lines[7] == "recordings  400 asked, 397 started, 0 ended, 0 cut, 0 failed"
    assert lines[8] == "calls/s          100  ████"
    assert lines[9] == "packets/s      9,990  ▄▅▁█"
    assert lines[10] == "this CPU        40 %  ████"
    assert lines[13] == "start            2 ms      4 ms      5 ms     12 ms     34 ms    2.5 ms"
    assert lines[14] == "stop                -         -         -         -         -         -"
    assert lines[17] == "packets     19,990 sent, 10 dropped on purpose, 0 unsent"


@pytest.mark.parametrize(("width", "height"), [(80, 24), (140, 40), (60, 15), (40, 8), (10, 3)])
def test_nothing_is_wider_or_higher_than_the_terminal(width: int, height: int) -> None:
    reasons = {f"the record server has refused: no more than {number} sessions, come again": 3 for number in range(40)}
    busy = second(5.0, failed=120, failures=reasons, bottleneck="it uses all of a core (99%)")
    lines = [ESCAPES.sub("", line) for line in Dashboard(PLAN).lines(course(busy), width, height)]
    assert len(lines) <= max(height, LEAST_HEIGHT) - 1
    assert max(map(len, lines)) <= width


def test_a_wide_terminal_has_longer_bars_and_a_longer_past() -> None:
    long = course(*(second(float(at)) for at in range(1, 301)))
    assert len(screen(long)[8]) == 80
    assert len(screen(long, 140)[8]) == 140
    assert len(screen(long, 140)[3]) == 140


def test_reasons_of_failures_fill_what_room_there_is() -> None:
    reasons = {"busy": 9, "connection refused": 20, **{f"reason {number}": 1 for number in range(30)}}
    failing = course(second(4.0, failed=59, failures=reasons))
    lines = screen(failing)
    assert len(lines) == 23
    assert lines[18:20] == ["failed            20  connection refused", "                   9  busy"]
    assert lines[22] == "                  28  for other reasons"
    assert "59 failed" in lines[7]
    assert len(screen(failing, height=60)) == 18 + 32


def test_the_bottleneck_is_said_where_nothing_else_moves_for_it() -> None:
    usual, busy = screen(course()), screen(course(second(4.0, bottleneck="it uses all of a core (99%)")))
    assert busy[2] == "the fleet itself is the bottleneck: it uses all of a core (99%)"
    assert len(usual) == len(busy)


def test_a_terminal_of_ascii_has_ascii() -> None:
    lines = screen(course(), plain=True)
    assert all(line.isascii() for line in lines)
    assert lines[9] == "packets/s      9,990  -=_#"


def test_before_the_first_second_there_is_a_picture_too() -> None:
    lines = screen(Course())
    assert lines[0].endswith(" 0:00")
    assert lines[8].split() == ["calls/s"]


def test_a_limited_run_says_of_how_long() -> None:
    plan = replace(PLAN, lasts=from_seconds(600))
    [head, *_] = Dashboard(plan).texts(course(), 80, 24)
    assert head.plain.endswith("0:04 of 10 min 00 s")


def test_colours_are_left_out_where_nobody_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    failing = course(second(4.0, failed=2, failures={"busy": 2}))
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert any("\x1b[31m" in line for line in Dashboard(PLAN).lines(failing, 80, 24))
    monkeypatch.setenv("NO_COLOR", "1")
    assert not any("\x1b[31m" in line for line in Dashboard(PLAN).lines(failing, 80, 24))


@pytest.mark.parametrize(("term", "drawn"), [("xterm", True), ("dumb", False), ("", False)])
def test_a_terminal_without_cursor_is_not_drawn_on(term: str, drawn: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    assert can_draw() is drawn


def test_a_fleet_that_records_by_itself_says_where_and_how_well() -> None:
    plan = replace(PLAN, server=("", 0), local=Local(Path("/media/usb"), check_files=True))
    course = Course()
    course.add(second(1.0, files=97, frames_lost=4, files_looked_at=97))
    lines = [text.plain for text in Dashboard(plan).texts(course, 80, 24)]
    assert lines[0].startswith("1,000 phones recorded to /media/usb, seed 7")
    assert "files       97 written; frames: 4 lost, 0 wrong" in lines
