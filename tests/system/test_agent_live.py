"""The agent as a process of its own: its end, its settings, its log, and what goes wrong around it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from phone_recorder.adapters.agent_client import AgentClient
from phone_recorder.adapters.record_reader import open_record
from phone_recorder.recording.units import SECOND
from tests.adapters.short_path import short_path
from tests.agent.agent_process import PATIENCE_S, AgentProcess, Client
from tests.agent.agent_runs import (
    AT_MOST_S,
    SLACK_S,
    assert_nothing_lost,
    log_of,
    recorded_call,
    recording_ended,
    running,
    started,
    stop,
    until,
)
from tests.agent.life_rig import Systemd
from tests.agent.recorded_legs import frames
from tests.agent.rtp_sender import now
from tests.system.aftermath import has_begun, in_order
from tests.system.fault_fs import fault_fs, stalled_for_ever
from tests.system.phone_server import serving

pytestmark = pytest.mark.live

AT_ONCE_S = 1.2
"""Less than it would wait for the drive."""
WITH_JUMPS = """
import sys, time
real, asked, day = time.time_ns, [0], 86_400_000_000_000
def jumping():
    asked[0] += 1
    return real() + (0, 0, 0, 0, day, 0, 0, 0, 0, -day)[asked[0] % 10]
time.time_ns = jumping
from phone_recorder.cli.main import main
main()
"""
"""The system time is put forward or back just when what waits in a port is looked at, each second or so."""
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")


@pytest.fixture
def home() -> Iterator[Path]:
    with short_path() as directory:
        yield directory


def sent_for(seconds: float, start: int) -> int:
    """When packets have come for so long; now."""
    until(lambda: now() > start + seconds * SECOND)
    return now()


def test_told_to_end_in_mid_recording_it_has_ended_within_two_seconds_with_the_file_whole(home: Path) -> None:
    with running(home) as agent, recorded_call(agent) as sender:
        over = sent_for(3, sender.start)
        assert stop(agent) < AT_MOST_S + SLACK_S
        assert_nothing_lost(in_order(home / "stick"), sender, sender.start, over)
    [path] = in_order(home / "stick")
    assert sum(1 for _ in frames(path)) * 20 >= 3000
    told = subprocess.run([sys.executable, "-m", "phone_recorder", "inspect", path], capture_output=True, text=True)
    assert told.returncode == 0 and told.stderr == ""


@contextmanager
def hanging_drive(home: Path) -> Iterator[AgentProcess]:
    """An agent whose drive hangs while it records, and no more in the end: the kernel keeps whoever waits for it."""
    with fault_fs(home) as drive, running(home) as agent, recorded_call(agent):
        try:
            until(lambda: has_begun(drive.behind))
            drive.set(stalled_for_ever("write"))
            drive.wait_for_fault()
            yield agent
        finally:
            drive.clear()
        assert agent.process.wait(PATIENCE_S) == 0


def seconds_to_its_last_line(home: Path) -> float:
    began = time.monotonic()
    until(lambda: "notice: the agent has ended\n" in log_of(home))
    return time.monotonic() - began


@pytest.mark.peer
def test_a_drive_that_hangs_holds_up_its_end_for_no_longer(home: Path) -> None:
    with hanging_drive(home) as agent:
        agent.process.send_signal(signal.SIGTERM)
        assert seconds_to_its_last_line(home) < AT_MOST_S + SLACK_S
        assert "error: the drive does not answer" in log_of(home)


@pytest.mark.peer
def test_told_twice_it_ends_at_once(home: Path) -> None:
    with hanging_drive(home) as agent:
        agent.process.send_signal(signal.SIGTERM)
        until(lambda: agent.ask("call.list")["calls"] == [])
        agent.process.send_signal(signal.SIGTERM)
        assert seconds_to_its_last_line(home) < AT_ONCE_S


def test_it_tells_systemd_of_its_life(home: Path) -> None:
    systemd = Systemd(home, watchdog_us=200_000)
    with running(home, environ=systemd.environ) as agent:
        assert systemd.hear_of("READY")["STATUS"] == "waiting for calls"
        for _ in range(3):
            systemd.hear_of("WATCHDOG")
        agent.process.send_signal(signal.SIGHUP)
        assert int(systemd.hear_of("RELOADING")["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000
        systemd.hear_of("READY")
        stop(agent)
        systemd.hear_of("STOPPING")


def test_two_calls_are_recorded_each_to_its_own_file(home: Path) -> None:
    with running(home) as agent, recorded_call(agent) as first, recorded_call(agent) as second:
        over = sent_for(2, second.start)
        accounts = {}
        for call, sender in (("1", first), ("2", second)):
            agent.ask("record.press", event="stop", call=call)
            accounts[call] = recording_ended(agent, call)
            files = [Path(part["path"]) for part in accounts[call]["parts"]]
            assert_nothing_lost(files, sender, max(sender.start, second.start), over)
        assert accounts["1"]["id"] != accounts["2"]["id"] and len(agent.files()) == 2


def test_what_is_set_is_there_again_after_a_restart(home: Path) -> None:
    with running(home) as agent:
        agent.ask("settings.set", values={"record.auto": "on"})
        stop(agent)
    with running(home) as agent:
        agent.begin_call("mixed")
        assert agent.ask("record.get")["key"] == "recording"


def mounted_for_itself(home: Path, mount: str, then: str = ":") -> list[str]:
    """The program, which alone sees what is mounted there."""
    script = f"mkdir -p {home}/run {home}/etc && {mount} && {then} && exec {sys.executable} -m phone_recorder agent"
    return ["unshare", "--mount", "sh", "-c", script + ' "$@"', "sh"]


def client_within(process: subprocess.Popen[bytes], home: Path) -> Client:
    """A connection to an agent whose mounts are its own."""
    path = Path(f"/proc/{process.pid}/root{home}/run/agent.sock")
    until(lambda: process.poll() is not None or path.is_socket())
    assert process.poll() is None, log_of(home)
    return Client(path)


@needs_root
def test_a_runtime_directory_that_is_full_disturbs_no_recording_and_is_told(home: Path) -> None:
    full = f"mount -t tmpfs -o size=4k,mode=755 none {home}/run"
    program = mounted_for_itself(home, full, f"head -c 4096 /dev/zero > {home}/run/filled")
    process = started(home, program=program)
    try:
        agent = client_within(process, home)
        agent.ask("call.start", remote_number="1002")
        agent.ask("record.press", event="start")
        until(lambda: has_begun(home / "stick"))
        assert "agent.state" in agent.ask("status.get")["problem"]
        agent.ask("record.press", event="stop")
        until(lambda: agent.ask("record.get")["recordings"][-1]["state"] == "recorded")
        agent.close()
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.wait()
    [path] = in_order(home / "stick")
    with open_record(path) as record:
        assert record.examination.problems == ()


@needs_root
def test_settings_that_cannot_be_saved_hold_all_the_same_and_that_is_told(home: Path) -> None:
    program = mounted_for_itself(home, f"mount -t tmpfs -o ro none {home}/etc")
    process = started(home, "--config", home / "etc" / "phone.toml", program=program)
    try:
        agent = client_within(process, home)
        told = agent.ask("settings.set", values={"record.auto": "on"})
        assert told["problem"] == f"cannot write {home}/etc/phone.toml: the file system is read-only"
        agent.ask("call.start")
        assert agent.ask("record.get")["key"] == "recording"
        agent.close()
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def wake_ups(agent: AgentProcess) -> int:
    """How often its threads have waited for something."""
    statuses = [task.read_text() for task in Path(f"/proc/{agent.pid}/task").glob("*/status")]
    return sum(int(status.partition("voluntary_ctxt_switches:")[2].split()[0]) for status in statuses)


def assert_asleep(agent: AgentProcess, seconds: float = 3.0) -> None:
    """Nothing wakes it."""
    before = [-1]

    def quiet() -> bool:
        last, before[0] = before[0], wake_ups(agent)
        time.sleep(0.3)
        return last == before[0]

    until(quiet)
    counted = wake_ups(agent)
    time.sleep(seconds)
    assert wake_ups(agent) == counted


def test_nothing_wakes_it_while_nothing_happens(home: Path) -> None:
    with running(home) as agent:
        agent.ask("events.watch", events=["call", "record", "drives", "recordings", "settings"])
        assert_asleep(agent)


def test_a_call_that_is_not_recorded_costs_nothing(home: Path) -> None:
    with running(home) as agent, recorded_call(agent) as sender:
        sent_for(0.5, sender.start)
        agent.ask("record.press", event="stop")
        recording_ended(agent)
        assert_asleep(agent)


def test_a_jump_of_the_system_time_is_in_no_recording(home: Path) -> None:
    program = [sys.executable, "-c", WITH_JUMPS, "agent"]
    for rtp in ("mixed", "legs"):
        with running(home, program=program) as agent, recorded_call(agent, rtp) as sender:
            over = sent_for(6, sender.start)
            agent.ask("record.press", event="stop")
            files = [Path(part["path"]) for part in recording_ended(agent)["parts"]]
            assert_nothing_lost(files, sender, sender.start, over)
            assert sum(1 for path in files for _ in frames(path)) * 160 - (over - sender.start) < 2 * SECOND


def test_a_call_is_recorded_at_a_record_server(home: Path) -> None:
    with serving(home / "storage") as server:
        there = ("--set", "record.mode=server", "--set", "server.host=127.0.0.1", "--set", f"server.port={server.port}")
        with running(home, *there) as agent, recorded_call(agent) as sender:
            over = sent_for(3, sender.start)
            agent.ask("record.press", event="stop")
            account = recording_ended(agent)
            assert account["state"] == "recorded"
            agent.ask("call.end")
            [stored] = server.recordings()
            assert stored["remote_number"] == "1002"
            assert abs(stored["duration_s"] - account["duration_s"]) <= 0.02
            assert account["duration_s"] >= (over - sender.start) / SECOND
    assert in_order(home / "stick") == []


def changes(told: list[str]) -> list[str]:
    """Each that is another than the one before."""
    return [one for at, one in enumerate(told) if told[at - 1 : at] != [one]]


def test_who_watches_is_told_everything_in_its_order(home: Path) -> None:
    with running(home) as agent, AgentClient(agent.socket, PATIENCE_S) as watcher:
        events = watcher.events(["call", "record"])
        told = [next(events), next(events)]
        agent.begin_call("mixed")
        agent.ask("record.press", event="start")
        agent.ask("call.change", held=True)
        agent.ask("record.press", event="stop")
        recording_ended(agent)
        agent.ask("call.end", reason="hung up")
        while told[-1]["data"].get("state") != "ended":
            told.append(next(events))
    calls = [one["data"] for one in told if one["event"] == "call"]
    assert changes([call["state"] for call in calls]) == ["idle", "connected", "held", "ended"]
    assert calls[-1]["reason"] == "hung up"
    keys = [one["data"]["key"] for one in told if one["event"] == "record"]
    assert changes(keys) == ["idle", "recording", "idle"]
