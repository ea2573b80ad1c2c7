"""The WebSocket on which the phone tells what changes, and takes the control API's methods as JSON-RPC."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from phone_recorder import control_api as api
from phone_recorder.errors import PhoneRecorderError
from phone_recorder.web.guard import may_go_on
from phone_recorder.web.phone.json_rpc import carry_out
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
CLOSE_S = 1.0
"""For which it is tried to say why a socket is closed."""
POLICY_VIOLATION, TRY_LATER = 1008, 1013
"""RFC 6455 section 7.4.1, and the registry of its close codes."""


class Wish(msgspec.Struct, forbid_unknown_fields=True):
    """Of `events.watch`: which events are wanted beside those that everybody gets."""

    events: list[str]


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
        self._over = False
        self._stop: Callable[[], None] = lambda: None

    async def run(self) -> None:
        """Until either side ends it."""
        self._watch(ALWAYS)
        greeting = asyncio.create_task(self._greet())
        parts = [asyncio.create_task(part()) for part in (self._receive, self._send, self._guard)]
        try:
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._over = True
            self._stop()
            for part in (greeting, *parts):
                part.cancel()
            await asyncio.wait((greeting, *parts))
        errors = [part.exception() for part in (greeting, *parts) if not part.cancelled()]
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
        wish = msgspec.convert(params, Wish)
        if unknown := set(wish.events) - set(api.EVENTS):
            raise msgspec.ValidationError(f"there is no event {min(unknown)!r}: there are {', '.join(api.EVENTS)}")
        self._watch(ALWAYS | (ON_WISH & set(wish.events)))

    async def _greet(self) -> None:
        for name, request in FIRST:
            with suppress(PhoneRecorderError):  # what cannot be told now is told when it can be
                self._mailbox.put(api.Event(name, await self._phone.target.answer(request)))  # type: ignore[arg-type]

    async def _receive(self) -> int:
        while not self._mailbox.overfull:
            await self._mailbox.room.wait()
            answering = asyncio.create_task(self._answer(await self._next()))
            self._asked.add(answering)
            answering.add_done_callback(self._asked.discard)
            await asyncio.shield(answering)
        return TRY_LATER

    async def _answer(self, message: str | bytes) -> None:
        answer = await carry_out(message, self._phone.target.answer, {"events.watch": self._wish})
        if answer is not None:
            self._mailbox.answer(answer)

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
                    await asyncio.wait_for(self._socket.send_text(text), self._phone.patience_s)
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
