"""What tests of Locust's phones share: a record server that is a function, and media that only counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import gevent
from gevent.server import StreamServer

from phone_recorder.adapters.clock import LiveClock
from phone_recorder.adapters.udp import Address
from phone_recorder.bulk.fleet.durations import Durations
from phone_recorder.bulk.fleet.media_child_messages import Second
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.script import Call
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.bulk.locust.call import CallSite, Step
from phone_recorder.bulk.locust.media_process import MediaFailed
from phone_recorder.recording.server_destination import ServerPolicy
from phone_recorder.recording.units import SECOND

PATIENCE_S = 10.0
RUN = "00000000000000aa"
LF = ServerPolicy(b"\n", timeout=SECOND)
SHORT = Durations.always(SECOND // 5)
CALL = Call(flow=7, talk=SECOND // 5, rest=0, bad=None, ssrc=0x55, sequence=65530, timestamp=1, incoming=True, key=1)
ID = f"{RUN}{CALL.flow:016x}".encode()
YES = b"cmd=RecordStartResponse&id=" + ID + b"&result=success&reason=&server=127.0.0.1&port=20000\n"
DONE = b"cmd=RecordStopResponse&id=" + ID + b"&result=success\n"

Serve = Callable[[Any], None]
"""What a server does with a connection, a gevent socket, which is closed afterwards."""


def obliging(connection: Any) -> None:
    """Takes each request, and does as it is asked."""
    while data := connection.recv(4096):
        connection.sendall(DONE if b"StopRequest" in data else YES)


@dataclass
class Served:
    """A server, and what each connection has said to it."""

    address: Address
    heard: list[bytes] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    """How each ended: `closed` or `reset`."""
    callers: list[str] = field(default_factory=list)
    """The address that each came from."""


@contextmanager
def serving(serve: Serve = obliging) -> Iterator[Served]:
    """A server on a free port."""
    served = Served(("127.0.0.1", 0))

    def handle(connection: Any, caller: Any) -> None:
        served.heard.append(b"")
        served.callers.append(caller[0])
        try:
            serve(_Listened(connection, served.heard, len(served.heard) - 1))
            served.closed.append("closed")
        except ConnectionResetError:
            served.closed.append("reset")

    server = StreamServer(served.address, handle)
    server.start()
    served.address = ("127.0.0.1", server.server_port)
    try:
        yield served
    finally:
        server.stop(timeout=0)


class _Listened:
    """A connection whose bytes are kept."""

    def __init__(self, connection: Any, heard: list[bytes], number: int) -> None:
        self._connection, self._heard, self._number = connection, heard, number

    def recv(self, size: int) -> bytes:
        data: bytes = self._connection.recv(size)
        self._heard[self._number] += data
        return data

    def sendall(self, data: bytes) -> None:
        self._connection.sendall(data)


@dataclass
class CountingStream:
    media: CountingMedia
    flow: int

    @property
    def over(self) -> str:
        return self.media.over

    def end(self) -> Totals:
        self.media.ended.append(self.flow)
        if self.media.over:
            raise MediaFailed(self.media.over)
        return Totals(10, 10, 0, 0, 1600)


@dataclass
class CountingMedia:
    """Each stream has said 1600 octets. With `refusal` it begins none; with `over` its process has died."""

    refusal: str = ""
    over: str = ""
    begun: list[tuple[Address, int]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    def begin(self, address: Address, call: Call, source: str = "") -> CountingStream:
        if self.refusal:
            raise MediaFailed(self.refusal)
        self.begun.append((address, call.flow))
        self.sources.append(source)
        return CountingStream(self, call.flow)


@dataclass
class Told:
    """Who is told of steps and seconds."""

    steps: list[Step] = field(default_factory=list)
    seconds: list[Second] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [step.name for step in self.steps]

    @property
    def failures(self) -> dict[str, str]:
        """What was said of each step that failed, with whose fault it was."""
        return {step.name: f"{type(step.failure).__name__}: {step.failure}" for step in self.steps if step.failure}


def site_of(address: Address, media: CountingMedia, told: Told, leaving: Callable[[], bool] = bool) -> CallSite:
    """Of phones that call that server."""
    return CallSite(FleetPlan(address, policy=LF), RUN, LiveClock(), media, told.steps.append, leaving)


def until(true: Callable[[], Any], what: str) -> None:
    """Let greenlets go on until that is so."""
    with gevent.Timeout(PATIENCE_S, AssertionError(f"not within {PATIENCE_S:g} s: {what}")):
        while not true():
            gevent.sleep(0.005)
