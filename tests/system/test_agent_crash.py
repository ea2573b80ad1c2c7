"""The agent killed in the middle of a call, and started again in the same runtime directory."""

from __future__ import annotations

import json
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.adapters.record_reader import open_record
from phone_recorder.recording.units import SECOND
from tests.agent.agent_process import AgentProcess
from tests.agent.agent_runs import account_of, kill, log_of, recording_ended, running, until
from tests.agent.numbered_legs import FRAME
from tests.agent.recorded_legs import Recorded, recorded
from tests.agent.rtp_sender import Address, Sender, now, rtp_sender
from tests.system.aftermath import in_order

pytestmark = pytest.mark.live

SEED = 20240131
LIVES_S = (0, 0, 0.01, 0.03, 0.1, 0.2, 0.25, 0.4, 1.0)
"""How long an agent lives that is killed then: in the first moments there is most to go wrong."""
LAST_LIFE_S = 3.0
"""Long enough for audio to be on the drive again, and not just on its way."""
BUG = "import phone_recorder.agent.daemon as daemon; daemon.Agent.reload = lambda *_: 1 / 0; "
WITH_A_BUG = [sys.executable, "-c", f"{BUG}from phone_recorder.cli.main import main; main()", "agent"]


def ports(agent: AgentProcess) -> dict[str, int]:
    """Of its one call."""
    [call] = agent.ask("call.list")["calls"]
    found: dict[str, int] = call["ports"]
    return found


def press(agent: AgentProcess, event: str) -> tuple[int, int]:
    """Instants before and after the agent has taken a key."""
    before = now()
    agent.ask("record.press", event=event)
    return before, now()


def assert_in_place(sender: Sender, found: Recorded, begun: int) -> None:
    """The silence for what is missing is as long: packets of the last life stand where those of the first do."""
    packets = dict(zip(found.legs, sender.legs(), strict=False))
    off = [by for name, leg in packets.items() for by in found.legs[name].off_by(leg, begun)]
    assert len(off) > SECOND // FRAME and max(off) - min(off) <= 2 * FRAME
    assert [one.disordered for one in found.legs.values()] == [0, 0]


def lives_and_dies(home: Path, life_s: float, to: list[Address]) -> None:
    with running(home) as agent:
        assert list(ports(agent).values()) == [there.port for there in to]
        time.sleep(life_s)
        kill(agent)


@pytest.mark.parametrize("rtp", ["mixed", "legs"])
def test_after_twenty_kills_in_mid_call_it_is_one_recording_as_long_as_the_time_that_has_passed(
    rtp: str, tmp_path: Path
) -> None:
    draw = random.Random(SEED)
    with running(tmp_path) as agent:
        to = agent.begin_call(rtp)
        with rtp_sender(*to) as sender:
            start = press(agent, "start")
            began = account_of(agent)
            until(lambda: now() > sender.start + SECOND)
            kill(agent)
            for _ in range(19):
                lives_and_dies(tmp_path, draw.choice(LIVES_S), to)
            with running(tmp_path) as last:
                until(lambda: last.ask("record.get")["recordings"])
                time.sleep(LAST_LIFE_S)
                stop = press(last, "stop")
                account = recording_ended(last)
                files = last.files()
                assert last.stop() == 0
    assert (account["id"], account["started_at"]) == (began["id"], began["started_at"])
    assert account["state"] == "recorded" and len(account["parts"]) > 5
    found = recorded(files)
    assert stop[0] - start[1] - FRAME <= found.units <= stop[1] - start[0] + FRAME
    assert round(account["duration_s"] * SECOND) == found.units
    assert found.broken == 0
    assert_in_place(sender, found, start[0])
    assert_whole(tmp_path)


def changed_state(home: Path, **changes: Any) -> None:
    state = home / "run" / "agent.state"
    state.write_text(json.dumps({**json.loads(state.read_text()), **changes}))


def assert_whole(home: Path) -> None:
    files = in_order(home / "stick")
    assert files
    for path in files:
        with open_record(path) as record:
            assert record.examination.problems == ()


def recording_begun(agent: AgentProcess) -> str:
    """The id of a recording that has a file."""
    agent.begin_call("mixed")
    agent.ask("record.press", event="start")
    until(lambda: json.loads((agent.socket.parent / "agent.state").read_text())["calls"][0]["recording"]["parts"])
    return str(account_of(agent)["id"])


def test_what_was_before_the_last_boot_is_not_gone_on_with(tmp_path: Path) -> None:
    with running(tmp_path) as agent:
        recording_begun(agent)
        kill(agent)
    changed_state(tmp_path, boot="00000000-0000-0000-0000-000000000000")
    with running(tmp_path) as agent:
        assert agent.ask("call.list")["calls"] == []
        assert agent.stop() == 0


def test_an_end_in_order_is_the_end_of_the_recording(tmp_path: Path) -> None:
    with running(tmp_path) as agent:
        recording_begun(agent)
        assert agent.stop() == 0
    assert not (tmp_path / "run" / "agent.state").exists()
    with running(tmp_path) as agent:
        assert agent.ask("status.get")["calls"] == []


def test_a_restart_by_systemd_goes_on_with_the_recording_in_whole_files(tmp_path: Path) -> None:
    service = {"RUNTIME_DIRECTORY": str(tmp_path / "run")}
    with running(tmp_path, environ=service) as agent:
        began = recording_begun(agent)
        at = ports(agent)
        assert agent.stop() == 0
    assert_whole(tmp_path)
    with running(tmp_path, environ=service) as agent:
        assert ports(agent) == at
        until(lambda: agent.ask("record.get")["recordings"])
        assert account_of(agent)["id"] == began
        agent.ask("call.end")
        account = recording_ended(agent)
        assert account["state"] == "recorded" and len(account["parts"]) == 2


def test_a_bug_ends_the_agent_with_files_saved_and_the_next_one_goes_on(tmp_path: Path) -> None:
    with running(tmp_path, program=WITH_A_BUG) as agent:
        began = recording_begun(agent)
        at = ports(agent)
        agent.process.send_signal(signal.SIGHUP)
        assert agent.process.wait(20) == 1
    log = log_of(tmp_path)
    assert "ERROR=ZeroDivisionError" in log and "Traceback" not in log
    assert_whole(tmp_path)
    with running(tmp_path) as agent:
        assert ports(agent) == at
        until(lambda: agent.ask("record.get")["recordings"])
        assert account_of(agent)["id"] == began
