"""What the agent tells by itself to whoever watches; nothing is put into words that nobody wants to hear."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

import msgspec

from phone_recorder import control_api as api
from phone_recorder.adapters.reactor import Reactor
from phone_recorder.agent.call import MOST_RECORDINGS
from phone_recorder.control_api.watchers import Watchers

if TYPE_CHECKING:
    from phone_recorder.agent.daemon import Agent


Sign = tuple[object, ...]
"""What stands for a state: told is what differs in this."""


def _raise(error: BaseException) -> None:
    raise error


class Telling:
    """Looks at the agent whenever something has happened, and tells what is another thing since."""

    def __init__(self, watchers: Watchers, reactor: Reactor, failed: Callable[[BaseException], None] = _raise) -> None:
        self._watchers = watchers
        self._reactor = reactor
        self._failed = failed
        self._drive_was: Sign | None = None
        self._calls: dict[str, api.ObservedCall] = {}

    def tell(self, agent: Agent) -> None:
        """What is so now."""
        wanted = self._watchers.wanted
        if wanted("call"):
            self._tell_calls(agent)
        for event, (sign, state) in _STATES.items():
            if wanted(event) and self._watchers.changed(event, sign(agent)):
                self._watchers.pass_on(event, state(agent))
        if wanted("recordings"):
            self._look_at_drive(agent)

    def watch(self, agent: Agent, listener: api.Listener, events: Collection[str]) -> Callable[[], None]:
        """Tell this one of these events from now on; what is returned ends that.

        Who begins to watch learns how things stand: what has changed while nobody watched is no news to him.
        """
        unwatched = [event for event in events if not self._watchers.wanted(event)]
        stop = self._watchers.watch(listener, events)
        for event in unwatched:
            self._note(agent, event)
        return stop

    def list_again(self) -> None:
        """The recordings on the drive are others, by a way that none of the calls shows."""
        self._drive_was = None

    def _note(self, agent: Agent, event: str) -> None:
        """What is so now is known."""
        if event == "call":
            self._calls = _lasting(agent)
        elif event == "recordings":
            self._drive_was = _drive_sign(agent)
        else:
            self._watchers.changed(event, _STATES[event][0](agent))

    def _look_at_drive(self, agent: Agent) -> None:
        """Recordings are listed anew when another drive is there, and when a file has begun or ended."""
        now = _drive_sign(agent)
        if now != self._drive_was:
            self._drive_was = now
            self._reactor.start(self._list(agent), lambda _, error: self._failed(error) if error else None)

    async def _list(self, agent: Agent) -> None:
        self._watchers.tell("recordings", await agent.drive.list())

    def _tell_calls(self, agent: Agent) -> None:
        """Each call by itself. How long one lasts is no news."""
        lasting = _lasting(agent)
        for call in agent.calls.known:
            if self._calls.get(call.id) != lasting[call.id]:
                self._watchers.pass_on("call", agent.told(call))
        self._calls = lasting


def _lasting(agent: Agent) -> dict[str, api.ObservedCall]:
    return {call.id: msgspec.structs.replace(agent.told(call), seconds=0.0) for call in agent.calls.known}


def _record_sign(agent: Agent) -> Sign:
    """Each second, as the timer goes; not each tick. No accounts are put into words for it."""
    accounts = [account for call in agent.calls.known for account in call.recorder.accounts[-MOST_RECORDINGS:]]
    return agent.record_state(brief=True), tuple((account.id, account.state) for account in accounts)


def _drives_sign(agent: Agent) -> Sign:
    """What is free goes down while it is recorded to, which is no news."""
    drives = agent.drive.drives
    return drives.problem, tuple(msgspec.structs.replace(drive, free=None, remaining_s=None) for drive in drives.drives)


def _drive_sign(agent: Agent) -> Sign:
    """Of the files on the drive."""
    calls = agent.calls.known
    states = [(one.id, one.state) for call in calls for one in call.recorder.accounts[-MOST_RECORDINGS:]]
    parts = [len(call.session.destination.parts) for call in calls if call.session]
    return [drive.name for drive in agent.drive.drives.drives], states, parts


_STATES: dict[str, tuple[Callable[[Agent], Sign], Callable[[Agent], msgspec.Struct]]] = {
    "record": (_record_sign, lambda agent: agent.record_state()),
    "drives": (_drives_sign, lambda agent: agent.drive.drives),
    "settings": (lambda agent: (agent.listed_settings,), lambda agent: agent.listed_settings),
}
