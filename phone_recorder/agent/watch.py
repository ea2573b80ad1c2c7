"""What one client wants to be told: of each kind what is so now, and then whatever changes."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import msgspec

from phone_recorder.adapters.reactor import Reactor
from phone_recorder.control_api import (
    AGENT_EVENTS,
    CallList,
    Event,
    GetRecording,
    ListCalls,
    ListDrives,
    ListRecordings,
    ListSettings,
    ObservedCall,
    Request,
)
from phone_recorder.control_api.json_rpc import Refusal
from phone_recorder.control_api.methods import Target
from phone_recorder.errors import PhoneRecorderError

Answer = Callable[[Request], Coroutine[Any, Any, msgspec.Struct]]

PRESENT: dict[str, Request] = {
    "call": ListCalls(),
    "record": GetRecording(),
    "drives": ListDrives(),
    "recordings": ListRecordings(),
    "settings": ListSettings(),
}
"""What is asked to know how things of each kind stand."""


class Watch:
    """Tells until it is ended. How things stand is told once `answer` says it, unless they have changed meanwhile."""

    def __init__(self, target: Target, answer: Answer, events: frozenset[str], tell: Callable[[Event], None]) -> None:
        self._answer = answer
        self._tell = tell
        self._events = events
        self._told: set[str] = set()
        self._over = False
        self._stop = target.watch(self._happened, events)

    def greet(self, reactor: Reactor) -> None:
        """Tell how things stand; each by itself, so that a drive that hangs keeps nobody from knowing of the call."""
        for event in AGENT_EVENTS:
            if event in self._events:
                reactor.start(self._greet(event))

    def end(self) -> None:
        """Tell no more."""
        self._over = True
        self._stop()

    def _happened(self, event: Event) -> None:
        if not self._over:
            self._told.add(event.event)
            self._tell(event)

    async def _greet(self, event: str) -> None:
        try:
            present = await self._answer(PRESENT[event])
        except (PhoneRecorderError, Refusal):
            return  # what cannot be told now is told when it can be
        if not self._over and event not in self._told:
            for data in _all_of(present):
                self._tell(Event(event, data))  # type: ignore[arg-type]  # one of AGENT_EVENTS


def _all_of(present: msgspec.Struct) -> Iterable[msgspec.Struct]:
    """An event is about one call; without any, about one that there is not."""
    return present.calls or [ObservedCall()] if isinstance(present, CallList) else [present]
