"""The strict registrar and peer on real loopback sockets, UDP and TCP on one port, with a network as bad as one likes.

    with live_peer(Challenger(), drop_first=True) as live:
        ...                                   # the phone under test registers at and calls live.address
        live.do(live.peer.hang_up)
        assert live.server.all_complaints == []

Datagrams: the first copy of each is lost, both ways. TCP: messages are joined, and cut anew in odd places.
"""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TypeVar

from phone_recorder.sip.hop import Hop
from phone_recorder.sip.timers import LoopTimers
from tests.sip.strict_digest import Challenger
from tests.sip.strict_peer import StrictPeer
from tests.sip.strict_registrar import StrictRegistrar
from tests.sip.strict_server import StrictServer
from tests.sip.virtual_wire import without_branch

LOOPBACK = "127.0.0.1"
JOINED_FOR_S = 0.02
"""TCP messages of so short a time leave together."""
PIECES = (1, 2, 3, 5, 8, 13, 200, 1, 700)
"""Bytes of the segments that they are then cut into, over and over."""
LENGTH = re.compile(rb"^(?:Content-Length|l)[ \t]*:[ \t]*(\d+)", re.IGNORECASE | re.MULTILINE)
PATIENCE_S = 10
T = TypeVar("T")


class StrictSockets(asyncio.DatagramProtocol):
    """What `StrictServer` calls a port. `heard` counts datagrams and TCP messages that came, lost ones too."""

    def __init__(self, drop_first: bool = False, mangle: bool = False) -> None:
        self.host, self.port = LOOPBACK, 0
        self.receive: Callable[[bytes, Hop], None] = lambda data, source: None
        self.heard = 0
        self._drop_first, self._mangle = drop_first, mangle
        self._known: set[tuple[bytes, Hop, bool]] = set()
        self._connections: dict[tuple[str, int], asyncio.StreamWriter] = {}
        self._leaving: dict[tuple[str, int], bytes] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None

    async def open(self) -> None:
        """On a port that is free for both."""
        loop = asyncio.get_running_loop()
        self._tcp = await asyncio.start_server(self._accepted, LOOPBACK, 0)
        self.port = self._tcp.sockets[0].getsockname()[1]
        self._udp, _ = await loop.create_datagram_endpoint(lambda: self, (LOOPBACK, self.port))

    def close(self) -> None:
        """Drop everything."""
        for task in self._tasks:
            task.cancel()
        self.break_connections()
        if self._udp:
            self._udp.close()
        if self._tcp:
            self._tcp.close()

    def break_connections(self) -> None:
        """Reset each TCP connection."""
        for writer in self._connections.values():
            writer.transport.abort()
        self._connections.clear()

    def send(self, data: bytes, hop: Hop) -> None:
        if hop.transport == "UDP":
            if self._udp and not self._lost(data, hop, out=True):
                self._udp.sendto(data, (hop.host, hop.port))
            return
        address = hop.host, hop.port
        before = self._leaving.get(address)
        self._leaving[address] = (before or b"") + data
        if before is None:
            self._start(self._leave(address))

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard += 1
        source = Hop("UDP", addr[0], addr[1])
        if not self._lost(data, source, out=False):
            self.receive(data, source)

    def _lost(self, data: bytes, hop: Hop, out: bool) -> bool:
        copy = without_branch(data), hop, out
        known = copy in self._known
        self._known.add(copy)
        return self._drop_first and not known

    async def _leave(self, address: tuple[str, int]) -> None:
        try:
            if address not in self._connections:
                await self._accepted(*await asyncio.open_connection(*address))
        except OSError:
            # Whoever is gone misses it, as on any network.
            del self._leaving[address]
            return
        await asyncio.sleep(JOINED_FOR_S if self._mangle else 0)
        data, writer = self._leaving.pop(address), self._connections.get(address)
        if writer is None:
            return
        for piece in _pieces(data) if self._mangle else [data]:
            writer.write(piece)
            if self._mangle:
                await asyncio.sleep(0.001)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        host, port = writer.get_extra_info("peername")[:2]
        self._connections[host, port] = writer
        self._start(self._listen(reader, Hop("TCP", host, port)))

    async def _listen(self, reader: asyncio.StreamReader, source: Hop) -> None:
        kept = b""
        while data := await _some(reader):
            kept += data
            while message := _message(kept):
                kept = kept.lstrip(b"\r\n")[len(message) :]
                self.heard += 1
                self.receive(message, source)
        self._connections.pop((source.host, source.port), None)

    def _start(self, work: object) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


@dataclass
class LivePeer:
    """A whole strict peer. Its loop runs in another thread: what changes it goes through `do`."""

    sockets: StrictSockets
    server: StrictServer
    registrar: StrictRegistrar
    peer: StrictPeer
    loop: asyncio.AbstractEventLoop

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{self.sockets.host}:{self.sockets.port}"

    def do(self, work: Callable[[], T]) -> T:
        """Do it where the peer lives, and wait until it is done."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(work())
            except Exception as error:
                # The caller's thread is who has to see it.
                done.set_exception(error)

        self.loop.call_soon_threadsafe(run)
        return done.result(PATIENCE_S)


@asynccontextmanager
async def open_peer(
    *challengers: Challenger, drop_first: bool = False, mangle: bool = False
) -> AsyncIterator[LivePeer]:
    """A strict peer on the running loop."""
    sockets = StrictSockets(drop_first, mangle)
    await sockets.open()
    server = StrictServer(sockets, LoopTimers(), [*challengers])
    sockets.receive = server.received
    try:
        yield LivePeer(sockets, server, StrictRegistrar(server), StrictPeer(server), asyncio.get_running_loop())
    finally:
        sockets.close()


@contextmanager
def live_peer(*challengers: Challenger, drop_first: bool = False, mangle: bool = False) -> Iterator[LivePeer]:
    """A strict peer in a thread of its own."""
    ready: Future[tuple[LivePeer, asyncio.Event]] = Future()

    async def serve() -> None:
        async with open_peer(*challengers, drop_first=drop_first, mangle=mangle) as live:
            over = asyncio.Event()
            ready.set_result((live, over))
            await over.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="strict peer")
    thread.start()
    live, over = ready.result(PATIENCE_S)
    try:
        yield live
    finally:
        live.loop.call_soon_threadsafe(over.set)
        thread.join(PATIENCE_S)


async def _some(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(65536)
    except ConnectionError:
        return b""


def _message(data: bytes) -> bytes:
    """The first whole message; empty if there is none yet."""
    data = data.lstrip(b"\r\n")
    head, end, _ = data.partition(b"\r\n\r\n")
    length = LENGTH.search(head)
    size = len(head) + 4 + (int(length[1]) if length else 0)
    return data[:size] if end and len(data) >= size else b""


def _pieces(data: bytes) -> Iterator[bytes]:
    turn = 0
    while data:
        size = PIECES[turn % len(PIECES)]
        yield data[:size]
        data, turn = data[size:], turn + 1
