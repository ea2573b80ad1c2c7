"""The record server of a scenario in real time: our own, on a real port, behind a script on another."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from phone_recorder.adapters.record_client import TcpServerLink
from phone_recorder.adapters.udp import LOOPBACK, UdpPort
from phone_recorder.errors import UsageError
from phone_recorder.harness.evidence import Passed
from phone_recorder.harness.playing.real_clock import MachineClock, RealClock, RunningClock
from phone_recorder.harness.playing.scripted_server import ScriptedServer
from phone_recorder.harness.playing.server import STRANGER, strays
from phone_recorder.harness.playing.server_script import ServerScript
from phone_recorder.harness.scenario.actions import ServerActs
from phone_recorder.recording.account import Account
from phone_recorder.recording.server_destination import ServerLink
from phone_recorder.server.service import Service


class RealServer:
    """A means.Server. Use as `async with RealServer(...)`, in the loop in which all else is done."""

    def __init__(self, storage: Path, clock: RealClock, acts: ServerActs, tell: Callable[[Passed], None]) -> None:
        self.storage = storage
        self._clock = clock
        self._tell = tell
        self._script = ServerScript(acts)
        self._stack = AsyncExitStack()
        self._accounts: dict[str, Account] = {}

    async def __aenter__(self) -> Self:
        self.storage.mkdir(parents=True, exist_ok=True)
        async with AsyncExitStack() as stack:
            self._service = await stack.enter_async_context(
                Service(self.storage, LOOPBACK, 0, clock=MachineClock(self._clock))
            )
            self._service.watchers.append(self._look)
            front = ScriptedServer(self._script, self._service.address, RunningClock(self._clock), self._tell)
            self._address = (await stack.enter_async_context(front)).address
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def running(self) -> bool:
        return bool(self._service.core.running)

    def act(self, acts: ServerActs) -> None:
        self._script.act(acts)

    def link(self) -> ServerLink:
        return TcpServerLink(self._address)

    def advance(self, now: int) -> None:
        """It has ticks of its own: whatever has ended them is raised here."""
        self._service.check()

    def account_of(self, recording_id: str) -> Account | None:
        return self._accounts.get(recording_id)

    def stray(self, packets: int) -> None:
        recordings = list(self._service.core.running.values())
        if not recordings:
            raise UsageError("no record server listens now: a wrong source needs a recording that runs onto one")
        stranger = UdpPort(STRANGER)
        for recording in recordings:
            stranger.send_to(strays(recording.account.codec, packets), recording.port.address)
        stranger.close()

    def close(self) -> None:
        """The storage is let go of where the service ends."""

    def _look(self) -> None:
        for recording in self._service.core.running.values():
            self._accounts[recording.account.id] = recording.account
