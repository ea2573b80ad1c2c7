"""What waits for one client who may read slowly: the answers to it, and the newest of what is so now."""

from __future__ import annotations

from collections import deque

import msgspec

from phone_recorder.control_api import Event

MOST_EVENTS = 100
"""Of calls that have come and gone, events that were not read."""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """An event as JSON-RPC 2.0 has it: a notification, the other way round."""

    jsonrpc: str = "2.0"
    method: str = "event"
    params: Event


class Outbox:
    """Lines, a newline after each. Answers go first: in them too is what an event tells, and what comes last counts."""

    def __init__(self) -> None:
        self._sending = memoryview(b"")
        self._answers: deque[bytes] = deque()
        self._events: dict[object, Event] = {}
        self._answered = 0

    @property
    def unread(self) -> int:
        """Bytes of answers that wait, and of the line that has partly gone."""
        return self._answered + len(self._sending)

    def answer(self, line: bytes) -> None:
        """An answer to the client."""
        self._answers.append(line)
        self._answered += len(line) + 1

    def tell(self, event: Event) -> None:
        """An event: in place of what it makes old, that of the same kind, and of the same call."""
        key = event.event, getattr(event.data, "id", ""), getattr(event.data, "call", "")
        self._events.pop(key, None)  # the newest is the last one
        self._events[key] = event
        if len(self._events) > MOST_EVENTS:
            del self._events[next(iter(self._events))]

    def forget_events(self) -> None:
        """They are not wanted any more."""
        self._events.clear()

    def next(self) -> memoryview:
        """What is to be sent next; nothing if nothing waits."""
        if not self._sending:
            self._sending = memoryview(self._line())
        return self._sending

    def sent(self, size: int) -> None:
        """So many bytes of it have gone."""
        self._sending = self._sending[size:]

    def _line(self) -> bytes:
        if self._answers:
            line = self._answers.popleft()
            self._answered -= len(line) + 1
        elif self._events:
            line = msgspec.json.encode(Notice(params=self._events.pop(next(iter(self._events)))))
        else:
            return b""
        return line + b"\n"
