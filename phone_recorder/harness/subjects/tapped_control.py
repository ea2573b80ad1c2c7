"""Control connections of our own record server, each message of which is told as it passes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from phone_recorder.adapters.clock import Clock
from phone_recorder.harness.evidence import Passed
from phone_recorder.harness.playing.server_script import Cutter, shown
from phone_recorder.server.control_socket import ControlSocket, Lobby


class TappedControl(ControlSocket):
    """A connection as any other; `tell` hears what the phone has `sent`, and what it is answered."""

    def __init__(self, lobby: Lobby, clock: Clock, tell: Callable[[Passed], None]) -> None:
        super().__init__(lobby)
        self._now = clock.now
        self._tell = tell
        self._phone, self._server = Cutter(), Cutter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        super().connection_made(_TappedTransport(transport, self._answered))

    def data_received(self, data: bytes) -> None:
        self._pass(True, self._phone.cut(data))
        super().data_received(data)

    def _answered(self, data: bytes) -> None:
        self._pass(False, self._server.cut(data))

    def _pass(self, sent: bool, messages: list[bytes]) -> None:
        for message in messages:
            self._tell(Passed(self._now(), "control", sent, shown(message)))


class _TappedTransport(asyncio.Transport):
    """Goes on to `inner`; `written` is told what is written. It has what a control connection asks of one."""

    def __init__(self, inner: asyncio.Transport, written: Callable[[bytes], None]) -> None:
        super().__init__()
        self._inner = inner
        self._written = written

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._inner.get_extra_info(name, default)

    def get_write_buffer_size(self) -> int:
        return self._inner.get_write_buffer_size()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._written(bytes(data))
        self._inner.write(data)

    def close(self) -> None:
        self._inner.close()

    def abort(self) -> None:
        self._inner.abort()
