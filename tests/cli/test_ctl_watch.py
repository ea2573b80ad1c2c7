"""`ctl watch`: a line for each event, at once, until somebody ends it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.cli.ctl_watch import EVENTS, Shown
from phone_recorder.control_api import AGENT_EVENTS
from tests.cli.ctl import ctl_lines
from tests.cli.fake_agent import CLOSE, FakeAgent

ALL = (
    b'{"jsonrpc": "2.0", "id": 1, "method": "events.watch", '
    b'"params": {"events": ["call", "record", "drives", "recordings", "settings"]}}\n'
)
ONE = b'{"jsonrpc": "2.0", "id": 1, "method": "events.watch", "params": {"events": ["record"]}}\n'
DONE = b'{"jsonrpc":"2.0","id":1,"result":{}}\n'
ENDED = "has closed the connection: it was stopped, or has crashed\n"


def event(kind: str, data: str) -> bytes:
    return f'{{"jsonrpc":"2.0","method":"event","params":{{"event":"{kind}","data":{data}}}}}\n'.encode()


RECORD = event("record", '{"icon":"recording","timer":"00:12","prompt":"Recording","lamp":"on"}')


def test_the_events_are_the_agents() -> None:
    assert EVENTS == AGENT_EVENTS


def test_each_event_is_a_line(tmp_path: Path) -> None:
    told = [
        RECORD,
        event("call", '{"id":"1","direction":"out","number":"1002","state":"held","seconds":3.0}'),
        event("call", '{"id":"","direction":"out","number":"","state":"idle","seconds":0.0}'),
        event("drives", '{"drives":[{"name":"A","used":true},{"name":"B","problem":"it is full"}],"problem":""}'),
        event("drives", '{"drives":[],"problem":"no USB drive is plugged in"}'),
        event("drives", '{"drives":[]}'),
        event("recordings", '{"recordings":[{"name":"x"},{"name":"y"}]}'),
        event("recordings", '{"recordings":[],"problem":"the drive was removed"}'),
        event("settings", '{"settings":[{}],"problem":""}'),
        event("settings", '{"settings":[{"key":"record.mode","value":"local"}],"problem":""}'),
        event("\\u001bx", '{"a\\u0007":1}'),
        event("record", "5"),
    ]
    result = ctl_lines(tmp_path, ["watch"], {ALL: DONE + b"".join(told) + CLOSE})
    lines = result.stdout.splitlines()
    assert all(re.match(r"\d\d:\d\d:\d\d  ", line) for line in lines)
    assert [line[10:] for line in lines] == [
        "record      recording 00:12, lamp on: Recording",
        "call        call 1 to 1002, held, 0:03",
        "call        there is no call",
        "drives      A, recordings go here; B: it is full",
        "drives      no USB drive is plugged in",
        "drives      none",
        "recordings  2 on the drive",
        "recordings  the drive was removed",
        "settings    1 known",
        "settings    record.mode = local",
        "\ufffdx          a\ufffd",
        "record       , lamp",
    ]
    assert result.asked == [ALL.decode()]


def settings(problem: str, **values: str) -> dict[str, Any]:
    listed = [{"key": key, "value": value} for key, value in values.items()]
    return {"event": "settings", "data": {"settings": listed, "problem": problem}}


def drives(free: float) -> dict[str, Any]:
    return {"event": "drives", "data": {"drives": [{"name": "A", "free": free, "used": True}]}}


@pytest.mark.parametrize(
    ("events", "lines"),
    [
        (
            [settings("", a="1", b="2"), settings("", a="1", b="3"), settings("", a="4", b="")],
            ["settings    2 known", "settings    b = 3", "settings    a = 4; b ="],
        ),
        (
            [settings("no room", a="1"), settings("no room", a="2"), settings("", a="2"), settings("no room", a="2")],
            ["settings    1 known; no room", "settings    a = 2", "settings    no room"],
        ),
        (
            [drives(2e9), drives(1.99e9), drives(1.991e9), drives(2e9)],
            ["drives      A, 2.0 GB free, recordings go here"],
        ),
        (
            [drives(2e9), drives(1.9e9), drives(1.91e9)],
            [f"drives      A, {free} free, recordings go here" for free in ("2.0 GB", "1.9 GB")],
        ),
    ],
)
def test_what_was_shown_already_is_not_shown_again(events: list[dict[str, Any]], lines: list[str]) -> None:
    shown = Shown(lambda: "12:00:05")
    assert [line for event in events for line in shown.lines(event)] == [f"12:00:05  {line}" for line in lines]


def test_the_agents_end_is_a_sentence_and_2(tmp_path: Path) -> None:
    result = ctl_lines(tmp_path, ["watch", "record"], {ONE: DONE + RECORD + CLOSE})
    assert (result.code, result.stderr) == (2, f"phone-recorder: the agent at {tmp_path}/s {ENDED}")


def test_with_json_an_event_is_one_line(tmp_path: Path) -> None:
    result = ctl_lines(tmp_path, ["watch", "--json", "record"], {ONE: DONE + RECORD + CLOSE})
    assert result.stdout == (
        '{"event": "record", "data": {"icon": "recording", "timer": "00:12", "prompt": "Recording", "lamp": "on"}}\n'
    )


@pytest.mark.parametrize("as_json", [True, False])
def test_a_line_comes_at_once_and_ctrl_c_is_130(tmp_path: Path, as_json: bool) -> None:
    words = [sys.executable, "-m", "phone_recorder", "ctl", "--socket", str(tmp_path / "s"), "watch", "record"]
    with (
        FakeAgent(tmp_path / "s", {ONE: DONE + RECORD}),
        subprocess.Popen([*words, *(["--json"] if as_json else [])], stdout=-1, stderr=-1, text=True) as process,
    ):
        assert process.stdout and process.stderr
        assert "Recording" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert "Traceback" not in process.stderr.read()


def test_a_reader_that_has_seen_enough_ends_it_quietly(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "phone_recorder", "ctl", "--socket", str(tmp_path / "s"), "watch", "record"]
    with (
        FakeAgent(tmp_path / "s", {ONE: DONE + RECORD * 3}),
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process,
    ):
        assert process.stdout and process.stderr
        process.stdout.close()
        assert (process.wait(10), process.stderr.read()) == (1, b"")
