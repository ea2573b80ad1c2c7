"""The end of the agent: every recording is saved, or the drive has had its time."""

from __future__ import annotations

from collections.abc import Callable

from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.journal import Log
from phone_recorder.adapters.lane import Lane
from phone_recorder.adapters.reactor import Reactor
from phone_recorder.agent.calls import Calls
from phone_recorder.errors import DriveError, UsageError
from phone_recorder.recording.units import SECOND

SAVING_S = 1.5
"""So long recordings have to be saved when the agent is told to stop, or has to after an error of its own."""
SAVING_TICK_S = 0.02
CLOSING_S = 0.3
"""So long the drive may take to be let go after that."""
ENDING = "the agent is ending: ask again when it has been started again"
UNSAVED = "the drive does not answer: the last seconds of a recording may be missing on it"


class Ending:
    """`show` lets everybody know what is so now."""

    def __init__(self, reactor: Reactor, clock: Clock, calls: Calls, log: Log, show: Callable[[], None]) -> None:
        self.begun = False
        self._reactor = reactor
        self._clock = clock
        self._calls = calls
        self._log = log
        self._show = show
        self._patience_s = CLOSING_S

    def demand_life(self) -> None:
        """UsageError if it is too late to begin something."""
        if self.begun:
            raise UsageError(ENDING)

    def save(self, stopped: Callable[[], None]) -> None:
        """End every call, and say when all recordings are safe; in no case after more than SAVING_S."""
        for call in self._calls:
            self._calls.end(call, self._clock.now(), "the agent was stopped")
        self._wait(self._clock.now() + round(SAVING_S * SECOND), stopped)

    def fail(self) -> None:
        """An error of ours: there was no time to save anything yet."""
        self.begun, self._patience_s = True, SAVING_S

    def let_go(self, close: Callable[[], None]) -> None:
        """Close the drive. One that hangs holds up its own thread, and not the agent's end."""
        try:
            Lane(lambda: DriveError(UNSAVED), self._patience_s, 0).wait(close)
        except DriveError as error:
            self._log("error", str(error))

    def _wait(self, until: int, stopped: Callable[[], None]) -> None:
        now = self._clock.now()
        self._calls.hurry(now)
        self._show()
        if self._calls.saved or now >= until:
            stopped()
        else:
            self._reactor.later(SAVING_TICK_S, lambda: self._wait(until, stopped))
