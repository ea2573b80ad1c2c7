"""What waits for one watcher who may read slowly: the newest of what is so now, and the last of what has happened."""

from __future__ import annotations

import asyncio
from collections import deque

import msgspec

from phone_recorder.control_api import Event

MOST_MESSAGES = 300
MOST_ANSWERS = 1000
"""Whoever asks so often, and reads none of the answers, is dropped."""
MOST_ANSWERED = 256 * 1024
"""Bytes. While more of answers wait, nothing more is to be asked."""


class Told(Event, frozen=True):
    """An event as it is sent: `dropped` are the messages just before it that this watcher read too slowly to get."""

    dropped: int = 0


class Mailbox:
    """Filled from the event loop; `ready` is set while something waits, and `room` while more may be asked."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self.room = asyncio.Event()
        self.room.set()
        self.overfull = False
        self._states: dict[str, Event] = {}
        self._messages: deque[Event] = deque(maxlen=MOST_MESSAGES)
        self._dropped = 0
        self._answers: deque[bytes] = deque()
        self._answered = 0

    def put(self, event: Event) -> None:
        """An event of the phone."""
        if event.event == "message":
            self._dropped += len(self._messages) == MOST_MESSAGES
            self._messages.append(event)
        else:
            self._states.pop(event.event, None)  # the newest is the last one
            self._states[event.event] = event
        self.ready.set()

    def answer(self, data: bytes) -> None:
        """An answer to what the watcher has asked."""
        self._answers.append(data)
        self._answered += len(data)
        self.overfull |= len(self._answers) > MOST_ANSWERS
        if self._answered > MOST_ANSWERED:
            self.room.clear()
        self.ready.set()

    def take(self) -> str | None:
        """The next that waits, as JSON; None if nothing does.

        Answers go first: what one of them tells may be older than the same in an event, and what comes last counts.
        """
        if self._answers:
            data = self._answers.popleft()
            self._answered -= len(data)
            if self._answered <= MOST_ANSWERED:
                self.room.set()
            return data.decode()
        if self._states:
            return msgspec.json.encode(self._states.pop(next(iter(self._states)))).decode()
        if self._messages:
            event, dropped, self._dropped = self._messages.popleft(), self._dropped, 0
            told = Told(event.event, event.data, dropped) if dropped else event
            return msgspec.json.encode(told).decode()
        self.ready.clear()
        return None
