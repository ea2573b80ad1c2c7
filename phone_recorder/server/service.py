"""The record server's sockets: an asyncio TCP listener, and a tick that drains the media ports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from phone_recorder.adapters.clock import LiveClock
from phone_recorder.adapters.files import reason
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.udp import UdpPort
from phone_recorder.errors import UsageError
from phone_recorder.recording.units import to_seconds
from phone_recorder.server.core import STORAGE, RecordServer
from phone_recorder.server.recording import ServerRecording

TICK_S = 0.05


class Service:
    """A record server that listens. Use as `async with Service(...)`; `address` is where.

    `tell` is given a line for each recording that has ended, safe to show.
    """

    def __init__(self, storage: Path, host: str, port: int, tell: Callable[[str], object] = len) -> None:
        self._clock = LiveClock()
        self.core = RecordServer(MountedDrive(storage), STORAGE, UdpPort, self._clock.system_time)
        self._host = host
        self._port = port
        self._tell = tell
        self._sockets: set[_ControlSocket] = set()

    async def __aenter__(self) -> Service:
        loop = asyncio.get_running_loop()
        try:
            self._listener = await loop.create_server(self._accept, self._host, self._port)
        except OSError as error:
            raise UsageError(f"cannot listen on {self._host}:{self._port}: {reason(error)}") from error
        except UnicodeError as error:
            raise UsageError(f"cannot listen on {self._host}: that cannot be the name of a host") from error
        self._ticking = loop.create_task(self._tick_for_ever())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening, end what is running, and leave every file whole."""
        self._listener.close()
        self._ticking.cancel()
        for control in list(self._sockets):
            control.drop("the server was stopped")
        while self.core.running:
            self._advance(self._clock.now())
            await asyncio.sleep(TICK_S)

    def check(self) -> None:
        """Raise what has ended the tick, if anything has: nothing is stored any more, and nobody must think so."""
        if self._ticking.done():
            self._ticking.result()

    async def until(self, stopped: asyncio.Event) -> None:
        """Serve until the event is set."""
        waiting = asyncio.ensure_future(stopped.wait())
        await asyncio.wait({waiting, self._ticking}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        self.check()

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, port = self._listener.sockets[0].getsockname()[:2]
        return host, port

    def _accept(self) -> _ControlSocket:
        return _ControlSocket(self.core, self._clock, self._sockets)

    def _advance(self, now: int) -> None:
        running = self.core.running
        self.core.advance(now)
        for recording in running:
            if not recording.running:
                self._tell(_line(recording))

    async def _tick_for_ever(self) -> None:
        while True:
            now = self._clock.now()
            self._advance(now)
            for control in list(self._sockets):
                control.advance(now)
            await asyncio.sleep(TICK_S)


def _line(recording: ServerRecording) -> str:
    """What has become of a recording. What the phone said of itself is shown with its control characters escaped."""
    account, request = recording.account, recording.request
    files = " ".join(part.path for part in account.parts) or "no file"
    said = f"{request.device} {request.local_number} {request.dir} {request.remote_number}"
    return f"{account.state} {to_seconds(account.recorded):.2f} s {account.codec} {files} {said!a}"


class _ControlSocket(asyncio.Protocol):
    """One control connection's socket; in `open_sockets` while it is open."""

    def __init__(self, core: RecordServer, clock: LiveClock, open_sockets: set[_ControlSocket]) -> None:
        self._core = core
        self._clock = clock
        self._open_sockets = open_sockets

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        peer, local = (transport.get_extra_info(name)[0] for name in ("peername", "sockname"))
        self._connection = self._core.connect(peer, local)
        self._open_sockets.add(self)

    def data_received(self, data: bytes) -> None:
        self._send(self._connection.receive(self._clock.now(), data))

    def connection_lost(self, exc: Exception | None) -> None:
        self._connection.closed()
        self._open_sockets.discard(self)

    def advance(self, now: int) -> None:
        self._send(self._connection.advance(now))

    def drop(self, reason: str) -> None:
        self._connection.closed(reason)
        self._transport.close()

    def _send(self, answer: bytes) -> None:
        if answer:
            self._transport.write(answer)
        if self._connection.ended:
            self._transport.close()
