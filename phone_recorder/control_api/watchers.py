"""Whoever watches the phone, and which kinds of events each wants."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import msgspec

from phone_recorder.control_api.methods import Listener
from phone_recorder.control_api.shown import EVENTS, Event


class Wish(msgspec.Struct, forbid_unknown_fields=True):
    """The parameters of `events.watch`: the kinds of events that are wanted from now on."""

    events: list[str]


def wished(params: object, possible: Collection[str]) -> frozenset[str]:
    """The kinds that are wished for; ValidationError if one of them is none of the possible ones."""
    events = frozenset(msgspec.convert(params, Wish).events)
    if unknown := events - frozenset(possible):
        raise msgspec.ValidationError(f"there is no event {min(unknown)!r}: there are {', '.join(possible)}")
    return events


class Watchers:
    """Each is told what it wants. What has not changed since it was last told is not told again."""

    def __init__(self) -> None:
        self._watchers: dict[object, tuple[Listener, frozenset[str]]] = {}
        self._last: dict[str, Any] = {}

    def watch(self, listener: Listener, events: Collection[str] = EVENTS) -> Callable[[], None]:
        """Tell this one too; what is returned ends that.

        What was told last says nothing to one who was not there: the next state of these is told, even if it is that.
        """
        for event in events:
            self._last.pop(event, None)
        key = object()
        self._watchers[key] = (listener, frozenset(events))
        return lambda: self._watchers.pop(key, None) and None

    def wanted(self, event: str) -> bool:
        """Whether anybody wants such events."""
        return any(event in events for _, events in self._watchers.values())

    def tell(self, event: str, data: msgspec.Struct, key: object = None) -> None:
        """Something is so now. `key` stands for the data, where not every change of it is worth telling."""
        if self.changed(event, data if key is None else key):
            self.pass_on(event, data)

    def changed(self, event: str, key: object) -> bool:
        """Whether this is another state than that which was noted last, which from now on is this."""
        before, self._last[event] = self._last.get(event), key
        return before != key

    def pass_on(self, event: str, data: msgspec.Struct) -> None:
        """Something has happened, however often it has before."""
        made = Event(event, data)  # type: ignore[arg-type]  # one of EVENTS
        for key, (listener, events) in list(self._watchers.items()):
            if event in events:
                try:
                    listener(made)
                except BaseException:
                    self._watchers.pop(key, None)  # told once, it has left: the phone goes on to its end
                    raise
