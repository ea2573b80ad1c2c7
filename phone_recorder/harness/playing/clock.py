"""The clock of a scenario: it goes when it is told to, and the system's time can leap."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Self

from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.errors import UsageError
from phone_recorder.recording.units import to_seconds


class ScenarioTime(datetime):
    """A local time in a scenario, where local time is UTC: what is told of it is the same on every machine."""

    def astimezone(self, tz: tzinfo | None = None) -> Self:
        return super(ScenarioTime, self._aware()).astimezone(tz or UTC)

    def timestamp(self) -> float:
        return super(ScenarioTime, self._aware()).timestamp()

    def _aware(self) -> Self:
        return self if self.tzinfo else self.replace(tzinfo=UTC)


class ScenarioClock(VirtualClock):
    """`begins_at` is the system's time at instant 0."""

    def __init__(self, begins_at: datetime) -> None:
        super().__init__(ScenarioTime.combine(begins_at.date(), begins_at.time()))
        self._leapt = 0

    def system_time(self, instant: int) -> datetime:
        return super().system_time(instant + self._leapt)

    def advance_to(self, instant: int) -> None:
        """Let time pass until then."""
        self.advance(max(instant - self.now(), 0))

    def leap(self, units: int) -> None:
        """The system's time leaps by so much; instants go on as ever. UsageError if no calendar goes so far."""
        self._leapt += units
        try:
            self.system_time(self.now())
        except OverflowError as error:
            raise UsageError(f"no clock can leap by {to_seconds(units):g} s: write less, such as 1 h") from error
