"""Our own record server on a real port, behind a script on another: what phones and devices record to in real time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.udp import LOOPBACK
from phone_recorder.harness.evidence import Passed
from phone_recorder.harness.playing.scripted_server import ScriptedServer
from phone_recorder.harness.playing.server_script import ServerScript
from phone_recorder.harness.playing.stranger import send_from_stranger, strays
from phone_recorder.harness.scenario.actions import ServerActs
from phone_recorder.recording.account import Account
from phone_recorder.server.service import Service


class OurServer:
    """Use as `async with OurServer(...)`; `address` is where phones find it, `storage` where it stores.

    `acts` is how it is in the beginning, and `tell` hears each control message that passes, at an instant of `clock`.
    `own` is the server's clock, None for the machine's.
    """

    def __init__(
        self,
        storage: Path,
        acts: ServerActs,
        clock: Clock,
        tell: Callable[[Passed], None],
        host: str = LOOPBACK,
        port: int = 0,
        own: Clock | None = None,
    ) -> None:
        storage.mkdir(parents=True, exist_ok=True)
        self.storage = storage
        self.accounts: dict[str, Account] = {}
        """Of all recordings it has taken, by id, in the order in which they began."""
        self._script = ServerScript(acts)
        self._service = Service(storage, host, 0, clock=own)
        self._stack = AsyncExitStack()
        self._clock, self._tell, self._port = clock, tell, port

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            service = await stack.enter_async_context(self._service)
            service.watchers.append(self._look)
            front = ScriptedServer(self._script, service.address, self._clock, self._tell, self._port)
            self.address = (await stack.enter_async_context(front)).address
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def running(self) -> int:
        """How many recordings are not safe yet."""
        return len(self._service.core.running)

    def check(self) -> None:
        """Whatever has ended its ticks is raised here."""
        self._service.check()

    def act(self, acts: ServerActs) -> None:
        """How it is from now on."""
        self._script.act(acts)

    def stray(self, packets: int) -> bool:
        """So many from a stranger reach each port that is open now; False if there is none."""
        recordings = list(self._service.core.running.values())
        for recording in recordings:
            send_from_stranger(strays(recording.account.codec, packets), recording.port.address)
        return bool(recordings)

    def document(self, account: dict[str, Any]) -> dict[str, Any]:
        """A phone's account of a recording, and what this server tells of it."""
        stored = self.accounts.get(str(account.get("id", "")))
        if stored is None:
            return account
        there = stored.document()
        streams = [*account.get("streams", ()), *there["streams"]]
        foreign = account.get("foreign", 0) + there["foreign"]
        return {**account, "parts": there["parts"], "streams": streams, "foreign": foreign}

    def _look(self) -> None:
        for recording in self._service.core.running.values():
            self.accounts[recording.account.id] = recording.account
