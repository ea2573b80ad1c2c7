"""One call of an agent, as the phone's program beside it has it: what it is told, and what it tells."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from phone_recorder.adapters.udp import Address
from phone_recorder.control_api import DssKey, Screen
from phone_recorder.errors import AgentRefused
from phone_recorder.harness.evidence import FileSeen, Moment
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.subjects.agent_settings import Asks
from phone_recorder.harness.subjects.tracks import Document, Tracks
from phone_recorder.recording.indicator import Indicator
from phone_recorder.recording.mixer import FAR, NEAR
from phone_recorder.recording.units import from_seconds

Files = tuple[FileSeen, ...]


class AgentCall:
    """`now` tells instants of the call; `tracks` and `screens` are what has been told so far.

    Who waits for an answer holds up nobody: parties speak meanwhile.
    """

    id: str
    targets: dict[str, Address]

    def __init__(self, agent: Asks, case: Case, now: Callable[[], int]) -> None:
        self._agent = agent
        self._case = case
        self._now = now
        self.tracks = Tracks()
        self.screens: list[tuple[int, Indicator]] = []
        self.over = False

    async def begin(self) -> None:
        """From now on its RTP can be sent to `targets`, by leg."""
        told = await self._ask("call.start", **_asked(self._case))
        self.id = str(told["id"])
        self.targets = {leg: (told["host"], told["ports"][leg]) for leg in (NEAR, FAR)}

    async def look(self) -> Document:
        """The record state now."""
        asked = self._now()
        return self._follow(asked, await self._ask("record.get", call=self.id))

    async def press(self, key: str) -> str:
        """A record key; what the agent says against it, if it does."""
        if self.over:
            return "the call is over"
        asked = self._now()
        try:
            self._follow(asked, await self._ask("record.press", event=key, call=self.id))
        except AgentRefused as error:
            return str(error)
        return ""

    async def hold(self, held: bool) -> None:
        """On hold, or no more."""
        if not self.over:
            await self._ask("call.change", call=self.id, held=held)

    async def end(self) -> None:
        """It is over."""
        if not self.over:
            self.over = True
            await self._ask("call.end", call=self.id, reason="the call was over")

    async def moment(self, files: Files, document: Callable[[Document], Document], messages: int) -> Moment:
        """What is so now; `document` completes an account by what is known here."""
        state = await self.look()
        accounts = tuple(document(track.account) for track in self.tracks.all)
        recorded = from_seconds(accounts[-1].get("duration_s", 0.0)) if accounts else 0
        return Moment(
            self._now(), self._screen(state), state["key"], await self._state(), recorded, files, accounts, messages
        )

    async def _state(self) -> str:
        if self.over:
            return "ended"
        calls = (await self._ask("call.list"))["calls"]
        return next((str(call["state"]) for call in calls if call["id"] == self.id), "ended")

    def _screen(self, state: Document) -> Screen:
        """As far as an agent tells: a program shows it as it likes."""
        return Screen(
            title="",
            language=self._case.settings.language,
            icon=state["icon"],
            timer=state["timer"],
            prompt=state["prompt"],
            lamp=state["lamp"],
            dss=(DssKey("record", "", state["lamp"]),),
        )

    async def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        return await asyncio.to_thread(self._agent.ask, method, params)

    def _follow(self, asked: int, state: dict[str, Any]) -> Document:
        now = self._now()
        self.tracks.follow(asked, now, state["key"], state["recordings"])
        shown = Indicator(state["icon"], state["timer"], state["prompt"], state["lamp"])
        if not self.screens or shown.differs(self.screens[-1][1]):
            self.screens.append((now, shown))
        return state


def paths_in(folder: Path, account: Document) -> tuple[Path, ...]:
    """Where the parts of a recording are, wherever the agent says that they are for itself."""
    return tuple(folder / Path(part["path"]).name for part in account.get("parts", ()))


def _asked(case: Case) -> Document:
    """What `call.start` is told. The packets say themselves what codec they have."""
    call, settings = case.call, case.settings
    return {
        "remote_number": call.number,
        "remote_name": call.name,
        "local_number": settings.local_number,
        "local_name": settings.local_name,
        "direction": call.direction,
        "rtp": "legs",
    }
