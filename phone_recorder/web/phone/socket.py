"""The WebSocket on which the phone tells what changes, and takes the control API's methods as JSON-RPC."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from phone_recorder import control_api as api
from phone_recorder.control_api.json_rpc import carry_out
from phone_recorder.control_api.watchers import wished
from phone_recorder.errors import PhoneRecorderError
from phone_recorder.web.guard import may_go_on
from phone_recorder.web.phone.mailbox import Mailbox
from phone_recorder.web.phone.site import PhoneSite, phone_of

ALWAYS = frozenset(api.EVENTS) - {"levels", "message"}
ON_WISH = frozenset(("levels", "message"))
FIRST: tuple[tuple[str, api.Request], ...] = (
    ("phone", api.GetPhone()),
    ("screen", api.GetScreen()),
    ("call", api.GetCall()),
    ("stick", api.GetStick()),
    ("drives", api.ListDrives()),
    ("playback", api.GetPlayback()),
    ("settings", api.ListSettings()),
    ("recordings", api.ListRecordings()),
)
"""What a watcher is told at once; last what a drive is asked for, which may hang."""
IN_TURN = (api.PressKey, api.TypeText)
"""Requests that are carried out one after the other: what a key does depends on the one before."""
AT_A_TIME = 16
"""Other requests of one watcher that are carried out at a time, beside the keys."""
MOST_ASKED = 100
"""Requests of one watcher that are carried out or wait for it. While there are so many no more are read."""
CLOSE_S = 1.0
"""For which it is tried to say why a socket is closed."""
POLICY_VIOLATION, TRY_LATER = 1008, 1013
"""RFC 6455 section 7.4.1, and the registry of its close codes."""


async def events(socket: WebSocket) -> None:
    """WebSocket /api/v1/events."""
    await socket.accept()
    watcher = Watcher(socket, phone_of(socket))
    await watcher.run()


class Watcher:
    """One connection. What was asked for is done, whether or not the watcher stays to hear of it."""

    def __init__(self, socket: WebSocket, phone: PhoneSite) -> None:
        self._socket = socket
        self._phone = phone
        self._mailbox = Mailbox()
        self._asked: set[asyncio.Task[None]] = set()
        self._keys = asyncio.Lock()
        self._others = asyncio.Semaphore(AT_A_TIME)
        self._gate = asyncio.Lock()
        self._end: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._over = False
        self._stop: Callable[[], None] = lambda: None

    async def run(self) -> None:
        """Until either side ends it."""
        self._watch(ALWAYS)
        greeting = asyncio.create_task(self._greet())
        tasks = [asyncio.create_task(part()) for part in (self._receive, self._send, self._guard)]
        parts: list[asyncio.Future[int]] = [*tasks, self._end]
        everything: list[asyncio.Future[Any]] = [greeting, *parts]
        try:
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._over = True
            self._stop()
            self._mailbox.room.set()
            for part in everything:
                part.cancel()
            await asyncio.wait(everything)
        errors = [part.exception() for part in everything if not part.cancelled()]
        for error in errors:
            if error and not isinstance(error, WebSocketDisconnect):
                raise error
        if not any(errors):
            await self._close(next(part.result() for part in parts if not part.cancelled()))

    def _watch(self, wanted: frozenset[str]) -> None:
        if self._over:  # what was asked last is answered to nobody
            return
        self._stop()
        self._stop = self._phone.target.watch(self._mailbox.put, wanted)

    def _wish(self, params: Any) -> None:
        """Beside those that everybody gets."""
        self._watch(ALWAYS | (ON_WISH & wished(params, api.EVENTS)))

    async def _greet(self) -> None:
        for name, request in FIRST:
            with suppress(PhoneRecorderError):  # what cannot be told now is told when it can be
                self._mailbox.put(api.Event(name, await self._phone.target.answer(request)))  # type: ignore[arg-type]

    async def _receive(self) -> int:
        while True:
            await self._mailbox.room.wait()
            if len(self._asked) >= MOST_ASKED:
                await asyncio.wait(self._asked, return_when=asyncio.FIRST_COMPLETED)
            answering = asyncio.create_task(self._answer(await self._next()))
            self._asked.add(answering)
            answering.add_done_callback(self._answered)

    async def _answer(self, message: str | bytes) -> None:
        answer = await carry_out(message, self._carry_out, {"events.watch": self._wish})
        if answer is not None:
            self._mailbox.answer(answer)

    async def _carry_out(self, request: api.Request) -> msgspec.Struct:
        """Have the phone do it when it is its turn, and there is room for the answer or nobody to read it."""
        async with self._keys if isinstance(request, IN_TURN) else self._others:
            async with self._gate:  # so that nobody overtakes who waits for room
                if not self._over:
                    await self._mailbox.room.wait()
            return await self._phone.target.answer(request)

    def _answered(self, answering: asyncio.Task[None]) -> None:
        self._asked.discard(answering)
        if self._end.done() or answering.cancelled():
            return  # an error that nobody takes here is logged by the loop
        if error := answering.exception():
            self._end.set_exception(error)
        elif self._mailbox.overfull:
            self._end.set_result(TRY_LATER)

    async def _next(self) -> str | bytes:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))
        data: str | bytes = message.get("text") or message.get("bytes") or ""
        return data

    async def _send(self) -> int:
        try:
            while await self._mailbox.ready.wait():
                if (text := self._mailbox.take()) is not None:
                    async with asyncio.timeout(self._phone.patience_s):
                        await self._socket.send_text(text)
        except TimeoutError:
            pass
        return TRY_LATER

    async def _guard(self) -> int:
        while may_go_on(self._socket, self._phone.site):
            await asyncio.sleep(self._phone.check_s)
        return POLICY_VIOLATION

    async def _close(self, code: int) -> None:
        with suppress(WebSocketDisconnect, TimeoutError):
            await asyncio.wait_for(self._socket.close(code), CLOSE_S)
