"""A log that nobody can fill: what others do as often as they like is said once a minute, and how often it was."""

from __future__ import annotations

from collections.abc import Callable

from phone_recorder.adapters.journal import Level, Log

EVERY_S = 60.0


class Seldom:
    """A message is logged once in EVERY_S; the field `times` counts it, with those before that were not."""

    def __init__(self, log: Log, now: Callable[[], float]) -> None:
        self._log, self._now = log, now
        self._next_s: dict[str, float] = {}
        self._times: dict[str, int] = {}

    def __call__(self, level: Level, message: str, **fields: str | int) -> None:
        """Log it, or count it. There are few different messages: what differs is in the fields."""
        now, times = self._now(), self._times.pop(message, 0) + 1
        if now < self._next_s.get(message, now):
            self._times[message] = times
            return
        self._next_s[message] = now + EVERY_S
        self._log(level, message, times=times, **fields)
