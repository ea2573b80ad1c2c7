"""The clock of a scenario in real time: it is looked at, and stands still in between."""

from __future__ import annotations

from datetime import datetime

from phone_recorder.adapters.clock import Clock, LiveClock
from phone_recorder.harness.playing.clock import ScenarioClock


class RealClock(ScenarioClock):
    """`now` is the instant that is being dealt with, `real` the machine's; instant 0 is when `begin` was called.

    A loop that wakes up deals with what was to be done by then, each at its own instant, as a key has the instant at
    which it was pressed and a packet that at which it came.
    """

    def __init__(self, begins_at: datetime, machine: Clock | None = None) -> None:
        super().__init__(begins_at)
        self._machine = machine or LiveClock()
        self._zero: int | None = None

    def begin(self) -> None:
        """Now is instant 0; before this all is."""
        self._zero = self._machine.now()

    @property
    def real(self) -> int:
        """The instant that it really is."""
        return self.instant_of(self._machine.now())

    def instant_of(self, machine: int) -> int:
        """An instant of the machine's clock as one of the scenario's; none is before its beginning."""
        return 0 if self._zero is None else max(machine - self._zero, 0)


class RunningClock:
    """The same, for those who do not wait for the loop: `now` is really now."""

    def __init__(self, clock: RealClock) -> None:
        self._clock = clock

    def now(self) -> int:
        return self._clock.real

    def system_time(self, instant: int) -> datetime:
        return self._clock.system_time(instant)


class MachineClock(LiveClock):
    """Instants of the machine, as the kernel gives them to packets, with the system's time of the scenario."""

    def __init__(self, clock: RealClock) -> None:
        self._clock = clock

    def system_time(self, instant: int) -> datetime:
        return self._clock.system_time(self._clock.instant_of(instant))
