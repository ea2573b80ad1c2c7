"""The calls there were, as the phone's call log has them."""

from __future__ import annotations

from collections import deque
from datetime import datetime

from phone_recorder.control_api import Call, CallLog, LoggedCall

MOST = 100


class Log:
    """The last hundred, newest first."""

    def __init__(self) -> None:
        self._calls: deque[LoggedCall] = deque(maxlen=MOST)

    @property
    def calls(self) -> CallLog:
        """All of them."""
        return CallLog(list(self._calls))

    def add(self, call: Call, began: datetime, answered: bool, recorded: bool) -> None:
        """A call is over."""
        at = began.isoformat(timespec="seconds")
        self._calls.appendleft(LoggedCall(call.direction, call.number, call.name, at, call.seconds, answered, recorded))

    def clear(self) -> None:
        """Forget them."""
        self._calls.clear()
