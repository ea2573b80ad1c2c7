"""Links in memory, which stand for sockets under the virtual clock alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from phone_recorder.adapters.clock import Clock
from phone_recorder.phone.party import Datagram
from phone_recorder.recording.server_destination import Closed, LinkEvent, Opened, Received
from phone_recorder.server.control import ControlConnection
from phone_recorder.server.core import RecordServer

HOST = "127.0.0.1"


class MemoryMixLink:
    """The mixed stream from the phone's mixer to the recorder."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: list[Datagram] = []

    def send(self, packets: list[bytes]) -> None:
        now = self._clock.now()
        self._waiting += [(now, packet) for packet in packets]

    def receive(self) -> list[Datagram]:
        waiting, self._waiting = self._waiting, []
        return waiting

    def close(self) -> None:
        """Nothing to give back."""


class MemoryPort:
    """A media port of the server, filled by the phone in the same process."""

    def __init__(self, number: int) -> None:
        self.address = (HOST, number)
        self._waiting: list[tuple[int, bytes, str]] = []

    def deliver(self, now: int, packets: list[bytes]) -> None:
        """Packets from the phone."""
        self._waiting += [(now, packet, HOST) for packet in packets]

    def drain(self) -> list[tuple[int, bytes, str]]:
        waiting, self._waiting = self._waiting, []
        return waiting

    def close(self) -> None:
        """Nothing to give back."""


class MemoryPorts:
    """The media ports of one server, by number."""

    def __init__(self) -> None:
        self._numbers = count(20000, 2)
        self._ports: dict[int, MemoryPort] = {}

    def open(self, host: str) -> MemoryPort:
        """The next port."""
        port = MemoryPort(next(self._numbers))
        self._ports[port.address[1]] = port
        return port

    def __getitem__(self, number: int) -> MemoryPort:
        return self._ports[number]


class MemoryServerLink:
    """A phone's link to a server in the same process."""

    def __init__(self, server: RecordServer, ports: MemoryPorts, clock: Clock) -> None:
        self._server = server
        self._ports = ports
        self._clock = clock
        self._connection: ControlConnection | None = None
        self._events: list[LinkEvent] = []
        self._port: MemoryPort | None = None

    def open(self) -> None:
        self._connection = ControlConnection(self._server, self._clock.now(), HOST, HOST)
        self._events.append(Opened(HOST))

    def events(self) -> Iterator[LinkEvent]:
        if self._connection:
            self._hear(self._connection.advance(self._clock.now()))
        while self._events:
            yield self._events.pop(0)

    def send(self, data: bytes) -> None:
        if self._connection:
            self._hear(self._connection.receive(self._clock.now(), data))

    def media_to(self, host: str, port: int) -> None:
        self._port = self._ports[port]

    def send_media(self, packets: list[bytes]) -> None:
        if self._port:
            self._port.deliver(self._clock.now(), packets)

    def close(self) -> None:
        if self._connection:
            self._connection.closed()
            self._connection = None

    def _hear(self, answer: bytes) -> None:
        if answer:
            self._events.append(Received(answer))
        if self._connection and self._connection.ended:
            self._events.append(Closed("the server has closed it"))
