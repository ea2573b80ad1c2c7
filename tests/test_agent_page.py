"""docs/agent.md: its lines are what the agent's API takes and gives, and its C program does what it says."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from phone_recorder.control_api import AGENT_EVENTS, AGENT_METHODS, ObservedCall, RecordState
from tests.cli.fake_agent import FakeAgent

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "agent.md").read_text("utf-8")
METHODS = {method.name: method for method in AGENT_METHODS}
ASKED = [msgspec.json.decode(line) for line in re.findall(r"^> (.*)$", PAGE, re.MULTILINE)]
ANSWERED = [msgspec.json.decode(line) for line in re.findall(r"^< (.*)$", PAGE, re.MULTILINE)]
C_PROGRAM = re.findall(r"```c\n(.*?)```", PAGE, re.DOTALL)[0]
STARTED, PRESSED = (msgspec.json.encode(answer) + b"\n" for answer in ANSWERED[:2])


def test_requests_are_those_of_the_api() -> None:
    asked = [one for one in ASKED if one["method"] != "events.watch"]
    assert asked
    for one in asked:
        msgspec.convert(one["params"], METHODS[one["method"]].request)


def test_answers_are_written_as_the_api_writes_them() -> None:
    for answer, kind in zip(ANSWERED[:2], (ObservedCall, RecordState), strict=True):
        assert msgspec.to_builtins(msgspec.convert(answer["result"], kind)) == answer["result"]
    event = ANSWERED[-1]["params"]
    assert event["event"] in AGENT_EVENTS
    assert msgspec.to_builtins(msgspec.convert(event["data"], RecordState)) == event["data"]


def test_every_method_and_every_event_has_its_row() -> None:
    rows = re.findall(r"^\| `([a-z.]+)` \|(.*)\|.*\|$", PAGE, re.MULTILINE)
    assert {name for name, _ in rows} == {*METHODS, "events.watch", *AGENT_EVENTS}
    for name, parameters in rows:
        if name in METHODS:
            fields = {field.name for field in msgspec.structs.fields(METHODS[name].request)}
            assert fields <= set(re.findall(r"\w+", parameters)), name


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_the_c_program_starts_a_call_records_it_and_ends_it(tmp_path: Path) -> None:
    (tmp_path / "drive.c").write_text(C_PROGRAM)
    strict = ["-Wall", "-Wextra", "-Werror", "-O2"]
    subprocess.run(["cc", *strict, "-o", "drive", "drive.c"], cwd=tmp_path, check=True)
    asked = [
        b'{"jsonrpc":"2.0","id":1,"method":"call.start","params":{"remote_number":"1002","rtp":"mixed"}}\n',
        b'{"jsonrpc":"2.0","id":2,"method":"record.press","params":{"event":"record"}}\n',
        b'{"jsonrpc":"2.0","id":3,"method":"call.end","params":{"reason":"far party hung up"}}\n',
    ]
    answers = dict(zip(asked, (STARTED, PRESSED, b'{"jsonrpc":"2.0","id":3,"result":{}}\n'), strict=True))
    with FakeAgent(tmp_path / "s", answers) as agent:
        done = subprocess.run([tmp_path / "drive", tmp_path / "s"], capture_output=True, text=True, timeout=10)
    assert (done.returncode, done.stdout, done.stderr) == (0, "send the mix as RTP to port 40000\n", "")
    assert agent.asked == asked


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_the_c_program_says_that_there_is_no_agent(tmp_path: Path) -> None:
    (tmp_path / "drive.c").write_text(C_PROGRAM)
    subprocess.run(["cc", "-o", "drive", "drive.c"], cwd=tmp_path, check=True)
    done = subprocess.run([tmp_path / "drive", tmp_path / "s"], capture_output=True, text=True, timeout=10)
    assert (done.returncode, done.stderr) == (1, "no agent: No such file or directory\n")


@pytest.mark.skipif(shutil.which("socat") is None, reason="socat is not installed")
def test_a_shell_can_do_it(tmp_path: Path) -> None:
    asked = b'{"jsonrpc":"2.0","id":1,"method":"record.press"}\n'
    command = re.findall(r"`(echo '.*? \| socat .*?)/run/phone-recorder/agent.sock`", PAGE)[0]
    with FakeAgent(tmp_path / "s", {asked: PRESSED}) as agent:
        done = subprocess.run(["sh", "-c", f"{command}{tmp_path / 's'}"], capture_output=True, timeout=10)
    assert (done.returncode, done.stdout, done.stderr) == (0, PRESSED, b"")
    assert agent.asked == [asked]
