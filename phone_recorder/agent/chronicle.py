"""What the log tells of recordings and of the drive: each beginning and each end, once."""

from __future__ import annotations

from phone_recorder.adapters.journal import Log
from phone_recorder.adapters.reactor import Reactor, Timer
from phone_recorder.agent.call import AgentCall
from phone_recorder.agent.calls import Calls
from phone_recorder.recording.account import Account
from phone_recorder.recording.units import to_seconds

SETTLED_S = 3.0
"""A stick that is plugged in is there before it is mounted: so long it is waited for what it comes to."""
RUNNING = "recording"
"""The state of an account that has not ended."""


class Chronicle:
    """Looks at the calls whenever something has happened."""

    def __init__(self, reactor: Reactor, log: Log) -> None:
        self._reactor = reactor
        self._log = log
        self._seen: dict[str, int] = {}  # how many recordings of each call
        self._running: dict[str, Account] = {}
        self._drive_news = ""
        self._settling: Timer | None = None

    def note(self, calls: Calls) -> None:
        """Log what has begun and ended since."""
        for call in calls.known:
            accounts = call.recorder.accounts
            for account in accounts[self._seen.get(call.id, 0) :]:
                self._begin(call, account)
        self._seen = {call.id: len(call.recorder.accounts) for call in calls.known}
        for account in [account for account in self._running.values() if account.state != RUNNING]:
            self._end(account)

    def drive(self, news: str) -> None:
        """What is true of the drive; logged when it has stayed so for a while."""
        if self._settling:
            self._settling.cancel()
        self._settling = self._reactor.later(SETTLED_S, lambda: self._tell_drive(news))

    def _begin(self, call: AgentCall, account: Account) -> None:
        self._running[account.id] = account
        self._log("info", "a recording has begun", call=call.id, recording=account.id, mode=account.mode)

    def _end(self, account: Account) -> None:
        del self._running[account.id]
        self._log(
            "info" if account.state in ("recorded", "cancelled") else "warning",
            f"the recording has ended: {account.state}",
            recording=account.id,
            reason=account.reason,
            seconds=to_seconds(account.recorded),
            files=len(account.parts),
        )

    def _tell_drive(self, news: str) -> None:
        self._settling = None
        if news != self._drive_news:
            self._drive_news = news
            self._log("notice", news)
