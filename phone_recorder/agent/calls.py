"""The calls there are, by the names that the phone's program has for them, and the one that the record key is for."""

from __future__ import annotations

from collections.abc import Iterator

from phone_recorder.agent.call import AgentCall
from phone_recorder.errors import UsageError
from phone_recorder.wire.printable import printable

MOST_CALLS = 8
"""At a time: a desk phone has as many lines."""
NONE_BEGUN = "there is no call: say that one has begun first"
MOST_SAVING = 4 * MOST_CALLS
"""Calls that have ended and whose recordings are being saved: each has ports, and a thread that writes."""
TOO_MANY = f"there are {MOST_CALLS} calls already: say of those that are over that they have ended"
TOO_SLOW = f"recordings of {MOST_SAVING} calls that have ended are still being saved: use a faster drive"


class Calls:
    """Those that go on, those whose recordings are still being saved, and the last one that has ended."""

    def __init__(self) -> None:
        self._calls: dict[str, AgentCall] = {}
        self._saving: list[AgentCall] = []
        self._last: AgentCall | None = None
        self._number = 0

    @property
    def known(self) -> list[AgentCall]:
        """Those that go on, and before them the one that has ended last."""
        return [*([self._last] if self._last else []), *self._calls.values()]

    def __iter__(self) -> Iterator[AgentCall]:
        """Those that go on, oldest first."""
        return iter(list(self._calls.values()))

    def next_id(self) -> str:
        """A name for another call; UsageError if there are too many."""
        if len(self._calls) >= MOST_CALLS:
            raise UsageError(TOO_MANY)
        if len(self._saving) >= MOST_SAVING:
            raise UsageError(TOO_SLOW)
        self._number += 1
        return str(self._number)

    def count_from(self, number: int) -> None:
        """Names that were given before a crash are not given again."""
        self._number = max(self._number, number)

    @property
    def counted(self) -> int:
        """How many names were given."""
        return self._number

    def add(self, call: AgentCall) -> None:
        """It has begun."""
        self._calls[call.id] = call

    def find(self, name: str) -> AgentCall:
        """The call of that name, or the current one; UsageError if there is none."""
        if not name and self.current:
            return self.current
        if name in self._calls:
            return self._calls[name]
        raise UsageError(f"there is no call {printable(name)}: see call.list" if name else NONE_BEGUN)

    def shown(self, name: str = "") -> AgentCall | None:
        """The call to tell of: that one, else the current one, else the last there was."""
        if name and name not in self._calls and not (self._last and self._last.id == name):
            raise UsageError(f"there is no call {printable(name)}: see call.list")
        return self._calls.get(name) or (self._last if name else self.current or self._last)

    @property
    def current(self) -> AgentCall | None:
        """The call that the phone's user talks in: the newest that is not on hold, or the newest if all are."""
        return next((call for call in reversed(self._calls.values()) if not call.held), self._newest)

    @property
    def _newest(self) -> AgentCall | None:
        return next(reversed(self._calls.values()), None)

    def end(self, call: AgentCall, now: int, reason: str) -> None:
        """It has ended; its recordings are saved in their time."""
        call.end(now, reason)
        self._calls.pop(call.id, None)
        self._last = call
        self._saving.append(call)
        self._let_go(now)

    @property
    def due(self) -> int | None:
        """The instant at which one of them must be advanced; None while none has anything to do."""
        return min((due for call in self._all if (due := call.due) is not None), default=None)

    def advance(self, now: int) -> None:
        """Those whose time has come."""
        for call in self._all:
            due = call.due
            if due is not None and due <= now:
                call.advance(now)
        self._let_go(now)

    def hurry(self, now: int) -> None:
        """All of them, whether or not their time has come."""
        for call in self._all:
            if not call.asleep:
                call.advance(now)
        self._let_go(now)

    @property
    def saved(self) -> bool:
        """No recording runs, or is being saved."""
        return all(call.asleep for call in self._all)

    def close(self, now: int) -> None:
        """End all at once, whatever is missing."""
        for call in self._all:
            call.close(now)

    @property
    def _all(self) -> list[AgentCall]:
        return [*self._calls.values(), *self._saving]

    def _let_go(self, now: int) -> None:
        for call in [call for call in self._saving if call.over]:
            self._saving.remove(call)
            call.close(now)
