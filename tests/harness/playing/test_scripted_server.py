"""The scripted server on real sockets: what a phone's own link to it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from phone_recorder.adapters.clock import LiveClock
from phone_recorder.adapters.record_client import TcpServerLink
from phone_recorder.harness.evidence import Passed
from phone_recorder.harness.playing.scripted_server import ScriptedServer
from phone_recorder.harness.playing.server_script import ServerScript
from phone_recorder.harness.scenario.actions import ServerActs, ServerKind
from phone_recorder.recording.destination import State
from phone_recorder.recording.server_destination import ServerDestination, ServerPolicy
from phone_recorder.server.recording import ServerRecording
from phone_recorder.server.service import Service
from phone_recorder.wire import control
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.rtp import RtpSender
from tests.server.service_rig import until

ASKED = ((True, "quest"), (False, "sponse"))
FRAME = b"\x11" * 160
PATIENCE_S = 10
POLICY = ServerPolicy(b"\n", timeout=PATIENCE_S * 8000)
IMPATIENT = ServerPolicy(b"\n", timeout=1600)


class Rig:
    """A phone that records to a scripted server in front of a real one."""

    def __init__(self, server: ScriptedServer, script: ServerScript) -> None:
        self.clock = LiveClock()
        self.server = server
        self.script = script
        self.ended: list[ServerRecording] = []
        self.passed: list[Passed] = []
        self.made = self.connect("00ff")

    def connect(self, recording_id: str) -> ServerDestination:
        asked = control.StartRequest(recording_id, codec="PCMU")
        sender = RtpSender.drawn(PCMU.payload_type, lambda bits: 7)
        made = ServerDestination(
            TcpServerLink(self.server.address), asked, sender, IMPATIENT if self.script.hangs else POLICY
        )
        made.open(self.clock.now())
        return made

    async def until(self, true: Callable[[], object]) -> None:
        def look() -> object:
            self.made.advance(self.clock.now())
            return true()

        await until(look)

    async def until_state(self, state: State) -> None:
        await self.until(lambda: self.made.state is state)

    async def until_failed(self) -> str:
        await self.until_state(State.FAILED)
        return str(self.made.error)

    @property
    def told(self) -> list[tuple[bool, str]]:
        return [(passed.sent, passed.text.split("&")[0].removeprefix("cmd=")) for passed in self.passed]


Scenario = Callable[[Rig], Awaitable[None]]


def play(storage: Path, acts: ServerActs, scenario: Scenario) -> None:
    async def run() -> None:
        ended: list[ServerRecording] = []
        script, passed = ServerScript(acts), list[Passed]()
        async with (
            Service(storage, "127.0.0.1", 0, on_end=ended.append) as service,
            ScriptedServer(script, service.address, LiveClock(), passed.append) as server,
        ):
            rig = Rig(server, script)
            rig.ended, rig.passed = ended, passed
            await asyncio.wait_for(scenario(rig), PATIENCE_S)

    asyncio.run(run())


@pytest.mark.live
def test_our_server_records_behind_the_script(tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.until_state(State.OPEN)
        rig.made.write(rig.clock.now(), [FRAME] * 10)
        rig.made.close(rig.clock.now(), "record key")
        await rig.until_state(State.CLOSED)
        assert [(ended.account.state, ended.account.recorded) for ended in rig.ended] == [("recorded", 1600)]
        start, stop = "RecordStart", "RecordStop"
        assert rig.told == [(sent, f"{name}Re{kind}") for name in (start, stop) for sent, kind in ASKED]

    play(tmp_path, ServerActs(), scenario)


@pytest.mark.live
@pytest.mark.parametrize(
    ("acts", "errors"),
    [
        (ServerActs("refuse", "no licence"), ["the record server refused: no licence"]),
        (ServerActs("hang"), ["the record server does not answer"]),
        (ServerActs("answer", "garbage\n"), ["the record server's answer cannot be read: a message begins"]),
        (ServerActs("unreachable"), ["the record server cannot be reached: connection refused"]),
        (ServerActs("close"), ["lost: the server has closed it", "lost: connection reset by peer"]),
        (ServerActs("reset"), ["connection reset by peer", "transport endpoint is not connected"]),
    ],
)
def test_what_a_phone_is_told(tmp_path: Path, acts: ServerActs, errors: list[str]) -> None:
    async def scenario(rig: Rig) -> None:
        error = await rig.until_failed()
        assert [known for known in errors if known in error], error

    play(tmp_path, acts, scenario)


@pytest.mark.live
@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("reset", "connection reset by peer"),
        ("close", "the server has closed it"),
        ("restart", "the server has closed it"),
    ],
)
def test_a_connection_that_stands_ends_on_both_sides(tmp_path: Path, kind: ServerKind, why: str) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.until_state(State.OPEN)
        rig.made.write(rig.clock.now(), [FRAME])
        rig.script.act(ServerActs(kind))
        assert await rig.until_failed() == f"the connection to the record server was lost: {why}"
        await until(lambda: rig.ended)
        assert rig.ended[0].account.reason == "the control connection was lost"

    play(tmp_path, ServerActs(), scenario)


@pytest.mark.live
def test_a_server_that_can_be_reached_again_is_where_it_was(tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.until_failed()
        rig.script.act(ServerActs("split", number=7))
        rig.made = rig.connect("01fe")
        await rig.until_state(State.OPEN)
        assert rig.told == [(True, "RecordStartRequest"), (False, "RecordStartResponse")]

    play(tmp_path, ServerActs("unreachable"), scenario)


@pytest.mark.live
def test_a_phone_that_goes_ends_its_recording_at_the_server(tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        link = TcpServerLink(rig.server.address)
        link.open()
        await until(lambda: list(link.events()))
        link.send(b"cmd=RecordStartRequest&id=02ab&codec=PCMU\n")
        await until(lambda: list(link.events()))
        link.close()
        await until(lambda: rig.ended)
        assert rig.ended[0].call.id == "02ab"

    play(tmp_path, ServerActs(), scenario)
