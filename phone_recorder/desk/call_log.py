"""The calls there were, as the phone's call log has them."""

from __future__ import annotations

from datetime import datetime

from phone_recorder.control_api import Call, CallLog, LoggedCall

MOST = 100


class Log:
    """The last hundred, newest first."""

    def __init__(self) -> None:
        self._calls: list[tuple[object, LoggedCall]] = []
        self._open: set[object] = set()

    @property
    def calls(self) -> CallLog:
        """All of them."""
        return CallLog([logged for _, logged in self._calls])

    def put(self, key: object, call: Call, began: datetime, answered: bool, recorded: bool) -> None:
        """A call is over, or there is more to say of one that is: `key` tells calls apart until `settle`."""
        at = began.isoformat(timespec="seconds")
        logged = LoggedCall(call.direction, call.number, call.name, at, call.seconds, answered, recorded)
        for index, (known, _) in enumerate(self._calls):
            if known is key:
                self._calls[index] = key, logged
                return
        if key not in self._open:  # nor was it forgotten since
            self._open.add(key)
            self._calls = [(key, logged), *self._calls][:MOST]

    def settle(self, key: object) -> None:
        """All is said of that call."""
        self._open.discard(key)

    def clear(self) -> None:
        """Forget them."""
        self._calls.clear()
