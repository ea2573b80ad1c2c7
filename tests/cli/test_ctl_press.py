"""`ctl press`: what it asks, and whether anything came of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.ctl import Told, ctl_lines


def state(key: str, icon: str = "idle", prompt: str = "") -> str:
    return f'{{"key":"{key}","icon":"{icon}","timer":"00:12","prompt":"{prompt}","lamp":"off"}}'


def request(number: int, method: str, **params: str) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\n"


def press(directory: Path, words: str, before: str, after: str, **params: str) -> Told:
    """The command, whose agent has these record states before and after it; `params` name the call."""
    event = words.split()[0]
    asked = [request(1, "record.get", **params), request(2, "record.press", event=event, **params)]
    answers = [f'{{"jsonrpc":"2.0","id":{number},"result":{said}}}\n' for number, said in ((1, before), (2, after))]
    table = {one.encode(): answer.encode() for one, answer in zip(asked, answers, strict=True)}
    told = ctl_lines(directory, ["press", *words.split()], table)
    assert told.asked == asked
    return told


def test_it_prints_what_the_key_then_shows(tmp_path: Path) -> None:
    told = press(tmp_path, "record", state("idle"), state("recording", "recording", "Recording"))
    assert (told.code, told.stdout, told.stderr) == (0, "recording 00:12, lamp off: Recording\n", "")


def test_it_is_about_the_call_that_was_named(tmp_path: Path) -> None:
    told = press(tmp_path, "pause --call 2", state("recording"), state("paused", "paused"), call="2")
    assert (told.code, told.stdout) == (0, "paused 00:12, lamp off\n")


CAME = [
    ("record", "idle", "recording"),
    ("record", "recording", "idle"),
    ("record", "paused", "idle"),
    ("record", "waiting", "idle"),
    ("start", "idle", "recording"),
    ("start", "waiting", "recording"),
    ("stop", "recording", "idle"),
    ("stop", "paused", "idle"),
    ("pause", "recording", "paused"),
    ("pause", "paused", "paused"),
    ("pause", "waiting", "waiting_paused"),
    ("resume", "paused", "recording"),
    ("resume", "recording", "recording"),
    ("resume", "waiting_paused", "waiting"),
]
NOTHING_CAME = [
    ("record", "idle", "idle"),
    ("start", "idle", "idle"),
    ("start", "recording", "recording"),
    ("start", "paused", "paused"),
    ("start", "waiting", "waiting"),
    ("stop", "idle", "idle"),
    ("pause", "idle", "idle"),
    ("pause", "recording", "recording"),
    ("resume", "idle", "idle"),
]


@pytest.mark.parametrize(
    ("event", "before", "after", "code"), [(*row, 0) for row in CAME] + [(*row, 1) for row in NOTHING_CAME]
)
def test_it_is_1_if_the_key_does_not_stand_where_it_was_to_go(
    tmp_path: Path, event: str, before: str, after: str, code: int
) -> None:
    told = press(tmp_path, event, state(before), state(after, prompt="Why"))
    assert (told.code, told.stdout, told.stderr) == (code, "idle 00:12, lamp off: Why\n", "")


@pytest.mark.parametrize(("event", "before", "after"), CAME)
def test_it_is_1_if_the_recording_failed(tmp_path: Path, event: str, before: str, after: str) -> None:
    assert press(tmp_path, event, state(before), state(after, "failed")).code == 1


def test_a_recording_that_is_being_started_is_one(tmp_path: Path) -> None:
    starting = state("recording", "idle", "Starting the recording")
    told = press(tmp_path, "start", state("idle", "failed"), starting)
    assert (told.code, told.stdout) == (0, "idle 00:12, lamp off: Starting the recording\n")


@pytest.mark.parametrize("wrong", ["5", '"x"', "[5]", "null", "true", "1e400", "-1", '{"a":1}'])
def test_an_answer_of_other_things_is_nothing_that_came_of_it(tmp_path: Path, wrong: str) -> None:
    answer = "{" + ",".join(f'"{name}":{wrong}' for name in ("key", "icon", "timer", "prompt", "lamp")) + "}"
    told = press(tmp_path, "record", state("idle"), answer)
    assert told.code == 1 and "lamp" in told.stdout


def test_without_such_a_call_nothing_is_pressed(tmp_path: Path) -> None:
    asked = request(1, "record.get", call="7")
    refusal = b'{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"there is no call 7: see call.list"}}\n'
    told = ctl_lines(tmp_path, ["press", "start", "--call", "7"], {asked.encode(): refusal})
    assert (told.code, told.stdout, told.asked) == (2, "", [asked])
    assert told.stderr == "phone-recorder: there is no call 7: see call.list\n"
