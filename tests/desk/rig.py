"""A phone that is switched on for a test, and what it tells."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from phone_recorder import control_api as api
from phone_recorder.desk.phone import DeskPhone
from phone_recorder.desk.plan import DeskPlan
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import with_texts

PATIENCE_S = 20.0


class Switched:
    """A phone, the last event of each kind, and every one there was."""

    def __init__(self, phone: DeskPhone, directory: Path) -> None:
        self.phone = phone
        self.stick = directory / "usb"
        self.config = directory / "phone.toml"
        self.last: dict[str, Any] = {}
        self.events: list[api.Event] = []
        self._changed = asyncio.Event()
        phone.watch(self._hear, [event for event in api.EVENTS if event != "levels"])

    def _hear(self, event: api.Event) -> None:
        self.last[event.event] = event.data
        self.events.append(event)
        self._changed.set()

    async def ask(self, request: api.Request) -> Any:
        """What the phone answers."""
        return await self.phone.answer(request)

    async def press(self, *keys: str) -> api.Screen:
        """Press these; the screen after the last one."""
        for key in keys:
            screen = await self.ask(api.PressKey(key))
        return screen  # type: ignore[no-any-return]

    async def until(self, true: Callable[[dict[str, Any]], object]) -> None:
        """Wait until this is true of the last events."""
        async with asyncio.timeout(PATIENCE_S):
            while not true(self.last):
                self._changed.clear()
                await self._changed.wait()

    async def until_prompt(self, text: str) -> None:
        """Wait until the screen says this."""
        await self.until(lambda last: text in last["screen"].prompt)

    async def until_icon(self, icon: str) -> None:
        """Wait until the screen shows this."""
        await self.until(lambda last: last["screen"].icon == icon)


@asynccontextmanager
async def switched_on(directory: Path, settings: dict[str, str] | None = None, **plan: Any) -> AsyncIterator[Switched]:
    """A phone with these settings; its stick and its settings file are in the directory."""
    made = with_texts(PhoneSettings(), settings or {})
    asked = DeskPlan(made, directory / "phone.toml", directory / "usb")
    async with DeskPhone(replace(asked, **plan)) as phone:
        switched = Switched(phone, directory)
        await switched.until(lambda last: "recordings" in last)
        yield switched
