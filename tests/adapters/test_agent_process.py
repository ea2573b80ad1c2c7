"""An agent as a child process: it is there, it is gone afterwards, and one that does not come up says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.adapters.agent_process import LOG, STICK, AgentFailed, own_agent
from phone_recorder.errors import AgentUnreachable

MIB = 1 << 20


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
