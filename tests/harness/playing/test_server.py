from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.playing.clock import ScenarioClock
from phone_recorder.harness.playing.server import ScenarioServer
from phone_recorder.harness.playing.stranger import STRANGER
from phone_recorder.harness.scenario.actions import ServerActs
from phone_recorder.harness.scenario.case import BEGINS_AT
from phone_recorder.recording.server_destination import ServerDestination
from phone_recorder.wire.control import StartRequest
from phone_recorder.wire.rtp import RtpSender

TICK = 160


class Rig:
    """A phone that records to it, 20 ms at a time."""

    def __init__(self, storage: Path) -> None:
        self.clock = ScenarioClock(BEGINS_AT)
        self.server = ScenarioServer(storage, self.clock, ServerActs(), lambda message: None)

    def begin(self) -> None:
        request = StartRequest("00ff", "001122334455", "1002", "", "1001", "", "out", "PCMU")
        self.phone = ServerDestination(self.server.link(), request, RtpSender(0, 1, 0, 0))
        self.phone.open(0)

    def go_on(self, ticks: int, frames: bool = True) -> None:
        for _ in range(ticks):
            self.clock.advance(TICK)
            self.phone.write(self.clock.now(), [b"\x11" * TICK] if frames else [])
            self.phone.advance(self.clock.now())
            self.server.advance(self.clock.now())


def test_it_makes_nothing_before_it_is_needed(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "server")
    rig.server.advance(0)
    rig.server.close()
    assert not (tmp_path / "server").exists()
    assert not rig.server.running


def test_its_own_account_is_known_while_a_recording_runs_and_after(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "server")
    rig.begin()
    rig.go_on(50)
    running = rig.server.account_of("00ff")
    assert running is not None
    assert (rig.server.running, running.state) == (True, "recording")
    rig.phone.close(rig.clock.now(), "record key")
    rig.go_on(100, frames=False)
    assert (rig.server.running, running.state, len(running.parts)) == (False, "recorded", 1)
    assert rig.server.account_of("0000") is None
    rig.server.close()


def test_a_stranger_is_heard_by_nobody_and_counted(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "server")
    rig.begin()
    rig.go_on(50)
    rig.server.stray(3)
    rig.go_on(50)
    account = rig.server.account_of("00ff")
    assert account is not None
    assert (account.foreign, STRANGER) == (3, "127.0.0.9")
    rig.phone.close(rig.clock.now(), "record key")
    rig.go_on(100, frames=False)
    assert set(Path(account.parts[0].path).read_bytes()[76:]) == {0x11}
    rig.server.close()


def test_where_nobody_listens_a_stranger_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no record server listens now"):
        Rig(tmp_path / "server").server.stray(1)
