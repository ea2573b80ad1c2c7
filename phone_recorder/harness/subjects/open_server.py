"""Our record server where phones find it, whoever they are: on an address of this machine, behind nothing."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.files import reason
from phone_recorder.adapters.udp import LOOPBACK
from phone_recorder.errors import UsageError
from phone_recorder.harness.evidence import Passed
from phone_recorder.harness.subjects.places import shown_address
from phone_recorder.harness.subjects.tapped_control import TappedControl
from phone_recorder.recording.account import Account
from phone_recorder.server.service import Service

SETTLE_S = 1.0
LOOK_S = 0.02


class OpenServer:
    """Use as `async with OpenServer(...)`; `address` is where it listens, `storage` where it stores.

    `accounts` are those of all recordings it has taken, in the order in which they began, each with its instant.
    UsageError if it cannot listen there.
    """

    address: tuple[str, int]

    def __init__(self, storage: Path, where: tuple[str, int], clock: Clock, tell: Callable[[Passed], None]) -> None:
        storage.mkdir(parents=True, exist_ok=True)
        self.storage = storage
        self.accounts: dict[str, tuple[int, Account]] = {}
        self._service = Service(storage, LOOPBACK, 0)
        self._where, self._clock, self._tell = where, clock, tell
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            service = await stack.enter_async_context(self._service)
            service.watchers.append(self._look)
            listener = await self._listen()
            stack.callback(listener.close)
            host, port = listener.sockets[0].getsockname()[:2]
            self.address = host, port
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What runs is ended, and stored."""
        await self._stack.aclose()

    @property
    def ended(self) -> int:
        """How many recordings have ended, and are safe."""
        self._service.check()
        return len(self.accounts) - len(self._service.core.running)

    async def settle(self) -> None:
        """What was stored a moment ago is answered, and phones may leave by themselves."""
        loop = asyncio.get_running_loop()
        until = loop.time() + SETTLE_S
        while self._service.lobby.open and loop.time() < until:
            await asyncio.sleep(LOOK_S)

    async def _listen(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        try:
            return await loop.create_server(self._protocol, *self._where)
        except OSError as error:
            # asyncio has added words of its own.
            why = reason(OSError(error.errno, os.strerror(error.errno or errno.EADDRNOTAVAIL)))
            raise UsageError(f"cannot listen on {shown_address(self._where)}: {why}: name another port") from error

    def _protocol(self) -> TappedControl:
        return TappedControl(self._service.lobby, self._clock, self._tell)

    def _look(self) -> None:
        for recording in self._service.core.running.values():
            self.accounts.setdefault(recording.account.id, (self._clock.now(), recording.account))
