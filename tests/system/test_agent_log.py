"""The log of the agent as a process of its own: nobody forges a line of it, and no reader is waited for."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from phone_recorder.adapters.record_reader import open_record
from tests.adapters.short_path import short_path
from tests.agent.agent_process import AgentProcess
from tests.agent.agent_runs import AT_MOST_S, SLACK_S, account_of, log_of, recording_ended, running, stop, until
from tests.system.aftermath import has_begun, in_order

pytestmark = pytest.mark.live

LINE = re.compile(r"(error|warning|notice|info): [^\x00-\x1f\x7f-\x9f\u2028\u2029]+")
NASTY = "Bob\r\nerror: forged=1\x1b[31m\x07\u2028\u202e"


@pytest.fixture
def home() -> Iterator[Path]:
    with short_path() as directory:
        yield directory


def record_a_little(agent: AgentProcess) -> None:
    """With much to be logged."""
    for _ in range(300):
        agent.ask("call.start", remote_number="1" * 100, remote_name=NASTY[:20])
        agent.ask("call.end")
    agent.begin_call("mixed")
    agent.ask("record.press", event="start")
    until(lambda: account_of(agent)["duration_s"] > 0 or has_begun(agent.stick))
    agent.ask("record.press", event="stop")
    assert recording_ended(agent)["state"] == "recorded"
    assert stop(agent) < AT_MOST_S + SLACK_S


def test_a_log_that_nobody_reads_holds_nobody_up(home: Path) -> None:
    reading, writing = os.pipe()
    try:
        with running(home, stderr=writing) as agent:
            record_a_little(agent)
    finally:
        os.close(reading)
        os.close(writing)


def test_a_log_on_a_full_disk_disturbs_nothing(home: Path) -> None:
    with Path("/dev/full").open("wb") as full, running(home, stderr=full) as agent:
        record_a_little(agent)


def test_without_stderr_it_runs_and_writes_into_no_file_that_is_not_its_log(home: Path) -> None:
    closed = ["sh", "-c", f'exec {sys.executable} -m phone_recorder agent "$@" 2>&-', "sh"]
    with running(home, program=closed) as agent:
        record_a_little(agent)
    assert log_of(home) == ""
    [path] = in_order(home / "stick")
    with open_record(path) as record:
        assert record.examination.problems == ()


def test_what_callers_are_called_cannot_forge_a_line_of_the_log(home: Path) -> None:
    with running(home, "--set", "account.password=hunter2") as agent:
        agent.ask("call.start", remote_number=NASTY, remote_name=NASTY, local_number=NASTY)
        agent.ask("record.press", event="start")
        for method in ("call.end", "record.press", "call.change"):
            with pytest.raises(RuntimeError):
                agent.ask(method, call=NASTY[:10], **({"event": "start"} if method == "record.press" else {}))
        agent.ask("call.change", remote_number=NASTY)
        agent.ask("call.end", reason=NASTY)
        agent.process.send_signal(signal.SIGHUP)
        until(lambda: "the settings were read again" in log_of(home))
        stop(agent)
    lines = log_of(home).split("\n")
    assert lines.pop() == "" and len(lines) >= 6
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert not any(line.startswith("error") for line in lines)
    assert "hunter2" not in log_of(home)
