"""The phone's page to test against: a phone in memory, a drive with one recording, and sockets held by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient
from starlette.types import Message

from phone_recorder.adapters.drive_recordings import path_of
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.web.phone.app import make_phone_app
from tests.record_bytes import record, speech
from tests.web.phone.fake_phone import NAME, FakePhone
from tests.web.site_rig import LOCAL, FakeCredentials

EVENTS = "/api/v1/events"
SOCKET = f"ws{LOCAL.removeprefix('http')}{EVENTS}"
BEARER = {"Authorization": "Bearer the-token"}
PATIENCE_S = 10.0


class PhoneRig:
    """`client` reaches the page from this machine; `directory` is the drive, with a recording of one second."""

    def __init__(self, directory: Path, login: bool = False) -> None:
        self.directory = directory
        self.phone = FakePhone()
        self.credentials = FakeCredentials()
        (directory / NAME).write_bytes(record(speech(8000), rtp_len=160, increment=160))
        here = partial(path_of, MountedDrive(directory))
        self.app = make_phone_app(self.phone, self.credentials if login else None, here)
        self.client = TestClient(self.app, base_url=LOCAL, follow_redirects=False)

    def log_in(self) -> str:
        """Log in as the user; returns the session's CSRF token."""
        answer = self.client.post("/login", data={"user": "anna", "password": "correct horse"})
        assert answer.status_code == 303
        page: str = self.client.get("/settings").text
        return page.partition('name="csrf" value="')[2].partition('"')[0]

    def hurry(self, **changed: float) -> None:
        """Have sockets looked at more often, or waited for less long."""
        self.app.state.phone = replace(self.app.state.phone, **changed)

    @asynccontextmanager
    async def opened(self, headers: Mapping[str, str] | None = None) -> AsyncIterator[Socket]:
        """A WebSocket that is open; ended by the client unless it has ended before."""
        socket = Socket(headers or {})
        running = asyncio.create_task(self.app(socket.scope, socket.receive, socket.send))
        assert (await socket.next())["type"] == "websocket.accept"
        try:
            yield socket
        finally:
            socket.reads.set()
            socket.to_app.put_nowait({"type": "websocket.disconnect", "code": 1000})
            async with asyncio.timeout(PATIENCE_S):
                await running


class Socket:
    """The server's end of a WebSocket. While `reads` is not set the client reads nothing, and whoever sends waits.

    A client that is `gone` has not said so: it is noticed by sending.
    """

    def __init__(self, headers: Mapping[str, str]) -> None:
        known = {"host": LOCAL.partition("://")[2], **{name.lower(): value for name, value in headers.items()}}
        raw = [(name.encode(), value.encode()) for name, value in known.items()]
        self.scope: dict[str, Any] = {
            "type": "websocket",
            "path": EVENTS,
            "query_string": b"",
            "scheme": "ws",
            "headers": raw,
            "subprotocols": [],
        }
        self.reads = asyncio.Event()
        self.reads.set()
        self.gone = False
        self.to_app: asyncio.Queue[Message] = asyncio.Queue()
        self.from_app: asyncio.Queue[Message] = asyncio.Queue()
        self.to_app.put_nowait({"type": "websocket.connect"})

    async def receive(self) -> Message:
        return await self.to_app.get()

    async def send(self, message: Message) -> None:
        await self.reads.wait()
        if self.gone:
            raise OSError("the connection is gone")
        self.from_app.put_nowait(message)

    async def next(self) -> Message:
        """The next ASGI message of the application."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.from_app.get()

    async def told(self) -> dict[str, Any]:
        """The next JSON object."""
        message = await self.next()
        assert message["type"] == "websocket.send", message
        told: dict[str, Any] = json.loads(message["text"])
        return told

    async def until(self, event: str) -> dict[str, Any]:
        """The next event of this kind; what comes before it is let go."""
        while (told := await self.told()).get("event") != event:
            pass
        return told

    async def greeted(self) -> list[str]:
        """What a watcher is told at once, by name."""
        return [(await self.told())["event"] for _ in range(8)]

    async def closed(self) -> int:
        """The code with which the application closes it; what comes before it is let go."""
        while (message := await self.next())["type"] != "websocket.close":
            pass
        code: int = message["code"]
        return code

    def ask(self, method: str, params: object = None, id_: int | None = 1) -> None:
        """Send a request; no `id_` for one that wants no answer."""
        asked = {"jsonrpc": "2.0", "method": method, "params": params or {}}
        self.say(json.dumps(asked if id_ is None else asked | {"id": id_}))

    def say(self, text: str) -> None:
        """Send a text."""
        self.to_app.put_nowait({"type": "websocket.receive", "text": text})

    async def answer(self, id_: int = 1) -> dict[str, Any]:
        """The answer to the request of that id; what comes before it is let go."""
        while (told := await self.told()).get("id", 0) != id_:
            pass
        return told


def with_socket(rig: PhoneRig, test: Callable[[Socket], Awaitable[None]]) -> None:
    """Run this with a socket that was told all that it is told at first."""

    async def run() -> None:
        async with rig.opened() as socket:
            await socket.greeted()
            await test(socket)

    asyncio.run(run())
