"""What the agent tells by itself to whoever watches; nothing is put into words that nobody wants to hear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from phone_recorder import control_api as api
from phone_recorder.adapters.reactor import Reactor
from phone_recorder.control_api.watchers import Watchers

if TYPE_CHECKING:
    from phone_recorder.agent.daemon import Agent


class Telling:
    """Looks at the agent whenever something has happened, and tells what is another thing since."""

    def __init__(self, watchers: Watchers, reactor: Reactor) -> None:
        self._watchers = watchers
        self._reactor = reactor
        self._drive_was: object = None
        self._calls: dict[str, api.ObservedCall] = {}

    def tell(self, agent: Agent) -> None:
        """What is so now."""
        wanted, tell = self._watchers.wanted, self._watchers.tell
        if wanted("call"):
            self._tell_calls(agent)
        if wanted("record"):
            state = agent.record_state()
            # Each second, as the timer goes; not each tick.
            tell("record", state, msgspec.structs.replace(state, recordings=[one["state"] for one in state.recordings]))
        if wanted("drives"):
            tell("drives", agent.drive.drives)
        if wanted("settings"):
            tell("settings", agent.listed_settings)
        if wanted("recordings"):
            self._look_at_drive(agent)

    def _look_at_drive(self, agent: Agent) -> None:
        """Recordings are listed anew when another drive is there, and when one has begun or ended."""
        states = [(one.id, one.state) for call in agent.calls.known for one in call.recorder.accounts]
        now = ([drive.name for drive in agent.drive.drives.drives], states)
        if now != self._drive_was:
            self._drive_was = now
            self._reactor.start(self._list(agent))

    async def _list(self, agent: Agent) -> None:
        self._watchers.tell("recordings", await agent.drive.list())

    def _tell_calls(self, agent: Agent) -> None:
        """Each call by itself. How long one lasts is no news."""
        told = {call.id: agent.told(call) for call in agent.calls.known}
        lasting = {name: msgspec.structs.replace(call, seconds=0.0) for name, call in told.items()}
        for name in told:
            if self._calls.get(name) != lasting[name]:
                self._watchers.pass_on("call", told[name])
        self._calls = lasting
