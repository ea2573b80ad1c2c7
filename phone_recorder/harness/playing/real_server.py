"""The record server of a scenario in real time: a means.Server on sockets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from phone_recorder.adapters.record_client import TcpServerLink
from phone_recorder.errors import UsageError
from phone_recorder.harness.evidence import Passed
from phone_recorder.harness.playing.our_server import OurServer
from phone_recorder.harness.playing.real_clock import MachineClock, RealClock, RunningClock
from phone_recorder.harness.playing.server_script import vanishes
from phone_recorder.harness.scenario.actions import ServerActs
from phone_recorder.recording.account import Account
from phone_recorder.recording.server_destination import ServerLink


class RealServer:
    """Use as `async with RealServer(...)`, in the loop in which all else is done."""

    def __init__(self, storage: Path, clock: RealClock, acts: ServerActs, tell: Callable[[Passed], None]) -> None:
        _demand_words(acts)
        self.storage = storage
        self._ours = OurServer(storage, acts, RunningClock(clock), tell, own=MachineClock(clock))

    async def __aenter__(self) -> Self:
        await self._ours.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._ours.__aexit__(kind, error, trace)

    @property
    def running(self) -> bool:
        return bool(self._ours.running)

    @property
    def disk_error(self) -> OSError | None:
        """Its service keeps that to itself."""
        return None

    def act(self, acts: ServerActs) -> None:
        _demand_words(acts)
        self._ours.act(acts)

    def link(self) -> ServerLink:
        return TcpServerLink(self._ours.address)

    def advance(self, now: int) -> None:
        """It has ticks of its own."""
        self._ours.check()

    def account_of(self, recording_id: str) -> Account | None:
        return self._ours.accounts.get(recording_id)

    def stray(self, packets: int) -> None:
        if not self._ours.stray(packets):
            raise UsageError("no record server listens now: a wrong source needs a recording that runs onto one")

    def close(self) -> None:
        """The storage is let go of where the service ends."""


def _demand_words(acts: ServerActs) -> None:
    """UsageError for a server that goes without a word: the kernel that it is on says that for it."""
    if vanishes(acts):
        raise UsageError("in real time no server can vanish: write live: false, or server: hang")
