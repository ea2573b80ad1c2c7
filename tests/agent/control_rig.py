"""The control socket with real clients, all on the reactor of the test's thread, and a target that can be held up."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec

from phone_recorder import control_api as api
from phone_recorder.adapters.journal import Log
from phone_recorder.adapters.reactor import Reactor, waiting
from phone_recorder.adapters.unix_socket import listen
from phone_recorder.agent.control_socket import ControlSocket
from phone_recorder.control_api.watchers import Watchers
from tests.adapters.short_path import short_path

PATIENCE_S = 20.0
RECORD = api.RecordState("idle", "idle", "", "", "off")
STATUS = api.AgentStatus("1", "local", "0c383e000001", [], RECORD, api.DriveList([]))


class Clock(Reactor):
    """One whose time the test may move on."""

    skew_s = 0.0

    def now(self) -> float:
        return super().now() + self.skew_s


class FakeAgent:
    """Answers what `results` says, or raises it, once what `held` has of that kind is there."""

    def __init__(self) -> None:
        self.watchers = Watchers()
        self.watch = self.watchers.watch
        self.asked: list[api.Request] = []
        self.done: list[api.Request] = []
        self.held: dict[type[api.Request], Future[None]] = {}
        self.results: dict[type[api.Request], msgspec.Struct | Exception] = {
            api.GetStatus: STATUS,
            api.ListCalls: api.CallList([]),
            api.GetRecording: RECORD,
            api.PressRecord: RECORD,
            api.ListDrives: STATUS.drives,
            api.ListRecordings: api.RecordingList([]),
            api.ListSettings: api.SettingList([]),
        }

    async def answer(self, request: api.Request) -> msgspec.Struct:
        kind = type(request)
        self.asked.append(request)
        if kind in self.held:
            await waiting(self.held[kind])
        self.done.append(request)
        result = self.results.get(kind, api.ObservedCall(id="1"))
        if isinstance(result, Exception):
            raise result
        return result


class Caller:
    """A client of the socket. What it is told is read by the reactor, unless it does not read."""

    def __init__(self, rig: Rig, reads: bool = True) -> None:
        self._reactor = rig.reactor
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(rig.path))
        self.socket.setblocking(False)
        self.data = b""
        self.ended = False
        if reads:
            self.read()

    def read(self) -> None:
        self._reactor.reading(self.socket.fileno(), self._receive)

    def send(self, data: bytes) -> None:
        assert self.socket.send(data) == len(data)

    def ask(self, method: str, params: object = None, id_: int | None = 1) -> None:
        self.send(line(method, params, id_))

    def leave(self) -> None:
        self._reactor.forget(self.socket.fileno())
        self.socket.close()

    @property
    def told(self) -> list[Any]:
        """Every message."""
        return [json.loads(line) for line in self.data.splitlines()]

    @property
    def ids(self) -> list[Any]:
        return [told.get("id") for told in self.told]

    @property
    def events(self) -> list[tuple[str, Any]]:
        return [
            (told["params"]["event"], told["params"]["data"]) for told in self.told if told.get("method") == "event"
        ]

    def _receive(self) -> None:
        try:
            data = self.socket.recv(1 << 20)
        except ConnectionResetError:
            data = b""
        self.data += data
        if not data:
            self.ended = True
            self._reactor.reading(self.socket.fileno(), None)


class Rig:
    """The control socket and its callers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reactor = Clock()
        self.agent = FakeAgent()
        self.said = StringIO()
        self.control = ControlSocket(self.reactor, listen(path), self.agent, Log(self.said))
        self.callers: list[Caller] = []

    def caller(self, reads: bool = True) -> Caller:
        self.callers.append(Caller(self, reads))
        return self.callers[-1]

    def settle(self, rounds: int = 20) -> None:
        """Whatever follows from what has happened."""
        left = [rounds]

        def count() -> None:
            left[0] -= 1
            self.reactor.soon(count) if left[0] else self.reactor.stop()

        self.reactor.soon(count)
        self.reactor.run()

    def until(self, so: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not so():
            assert time.monotonic() < end
            self.settle(1)

    def close(self) -> None:
        for caller in self.callers:
            caller.leave()
        self.control.close()
        self.reactor.close()


@contextmanager
def rigged() -> Iterator[Rig]:
    with short_path() as directory:
        rig = Rig(directory / "agent.sock")
        try:
            yield rig
        finally:
            rig.close()


def line(method: str, params: object = None, id_: int | None = 1) -> bytes:
    """A request; without an id a notification."""
    asked: dict[str, object] = {"jsonrpc": "2.0", "method": method}
    if params is not None:
        asked["params"] = params
    if id_ is not None:
        asked["id"] = id_
    return json.dumps(asked).encode() + b"\n"


def kinds(requests: Collection[api.Request]) -> list[str]:
    return [type(request).__name__ for request in requests]
