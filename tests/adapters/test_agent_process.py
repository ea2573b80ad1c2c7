"""An agent as a child process: it is there, it is gone afterwards, and one that does not come up says why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from phone_recorder.adapters.agent_process import LOG, STICK, AgentFailed, own_agent
from phone_recorder.errors import AgentUnreachable
from tests.adapters.short_path import short_path

MIB = 1 << 20
PATIENCE_S = 20
_STARTS_ONE = f"""
import signal, sys
from pathlib import Path
from phone_recorder.adapters.agent_process import own_agent
with own_agent(Path(sys.argv[1]), {{}}, {MIB}):
    print("there", flush=True)
    signal.pause()
"""


@pytest.mark.live
def test_an_agent_that_does_not_come_up_says_why(tmp_path: Path) -> None:
    broken = own_agent(tmp_path / "a", {"record.codec": "none"}, MIB)
    with pytest.raises(AgentFailed, match=r"^the agent does not come up: .*record\.codec"), broken:
        pass


@pytest.mark.live
def test_it_has_a_stick_of_that_size_and_its_process_is_gone_afterwards(tmp_path: Path) -> None:
    with own_agent(tmp_path / "a", {}, 3 * MIB) as agent:
        [drive] = agent.ask("drives.list", {})["drives"]
        assert (tmp_path / "a" / STICK).is_dir() and (tmp_path / "a" / LOG).is_file()
        assert 2 * MIB < drive["free"] <= 3 * MIB
    with pytest.raises(AgentUnreachable):
        agent.ask("status.get", {})


@pytest.mark.live
def test_it_is_set_as_it_was_told(tmp_path: Path) -> None:
    with own_agent(tmp_path / "a", {"record.codec": "PCMA"}, MIB) as agent:
        values = {one["key"]: one["value"] for one in agent.ask("settings.list", {})["settings"]}
    assert values["record.codec"] == "PCMA"


@pytest.mark.live
def test_it_is_in_a_session_of_its_own_which_no_ctrl_c_of_ours_reaches(tmp_path: Path) -> None:
    with own_agent(tmp_path / "a", {}, MIB):
        [child] = [one for one in psutil.Process().children() if "phone_recorder" in one.cmdline()]
        assert os.getsid(child.pid) == child.pid


@pytest.mark.live
@pytest.mark.parametrize("name", ["a", "a" * 100])
def test_its_socket_is_beside_its_stick_if_a_socket_can_be_there_and_gone_afterwards(name: str) -> None:
    with short_path() as home:
        place = home / name
        with own_agent(place, {}, MIB):
            assert len([*place.glob("pr-*/agent.sock")]) == (name == "a")
        assert not [*place.glob("pr-*")]


@pytest.mark.live
def test_it_ends_when_who_has_started_it_is_killed() -> None:
    with short_path() as home:
        words = [sys.executable, "-c", _STARTS_ONE, str(home / "a")]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
            assert parent.stdout and parent.stdout.readline() == "there\n"
            children = psutil.Process(parent.pid).children()
            parent.kill()
            assert len(children) == 1 and not psutil.wait_procs(children, PATIENCE_S)[1]
