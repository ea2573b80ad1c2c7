"""A record server on a real port that does what a script says, in front of our own: for what is played in real time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.record_client import TcpServerLink
from phone_recorder.adapters.tcp_listener import TcpLine, TcpListener
from phone_recorder.harness.evidence import Passed
from phone_recorder.harness.playing.scripted_link import ScriptedLink
from phone_recorder.harness.playing.server_script import ENDINGS, ServerScript
from phone_recorder.harness.scenario.actions import ServerActs
from phone_recorder.recording.server_destination import Closed, LinkEvent, Received

TICK_S = 0.01


class ScriptedServer:
    """Use as `async with ScriptedServer(...)`; `address` is where, on loopback. The script is the loop's alone.

    What the script leaves to our server goes to the Service at `inner`, whose answers send RTP there directly. `tell`
    hears each control message that passes.
    """

    def __init__(
        self, script: ServerScript, inner: tuple[str, int], clock: Clock, tell: Callable[[Passed], None], port: int = 0
    ) -> None:
        self._script = script
        self._inner = inner
        self._clock = clock
        self._tell = tell
        self._lines: list[_Line] = []
        self._listener = TcpListener(inner[0], port)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens, or would if it could be reached."""
        return self._listener.address

    async def __aenter__(self) -> ScriptedServer:
        self._script.watch(self._acted)
        self._acted(self._script.acts)
        self._ticking = asyncio.create_task(self._tick_for_ever())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ticking.cancel()
        self._script.leave(self._acted)
        self._listener.close()
        for line in self._lines:
            line.close()
        with suppress(asyncio.CancelledError):
            await self._ticking

    def _acted(self, acts: ServerActs) -> None:
        self._listener.close() if acts.kind == "unreachable" else self._listener.listen()

    async def _tick_for_ever(self) -> None:
        while True:
            self._look()
            await asyncio.sleep(TICK_S)

    def _look(self) -> None:
        while accepted := self._listener.accept():
            link = ScriptedLink(self._script, TcpServerLink(self._inner), self._clock, self._tell)
            self._lines.append(_Line(accepted, link))
        self._lines = [line for line in self._lines if line.look()]


class _Line:
    """A phone's connection, and what leads on from it."""

    def __init__(self, phone: TcpLine, link: ScriptedLink) -> None:
        self._phone = phone
        self._link = link
        self._stands = True
        link.open()

    def look(self) -> bool:
        """Pass on what has come from either side; whether the connection stands."""
        said = self._phone.receive()
        if said is None:
            self.close()
        elif said:
            self._link.send(said)
        for event in self._link.events():
            self._pass_on(event)
        return self._stands

    def close(self, reset: bool = False) -> None:
        self._stands = False
        self._link.close()
        self._phone.close(reset)

    def _pass_on(self, event: LinkEvent) -> None:
        match event:
            case Received(data):
                self._phone.send(data)
            case Closed(why):
                self.close(why == ENDINGS["reset"])
