"""Who was turned away at the door, told in a line a second at the most: a flood must not fill the log."""

from __future__ import annotations

from collections.abc import Mapping

from phone_recorder.recording.units import SECOND

NOT_ALLOWED, TOO_OFTEN = "not allowed", "too often"
TOO_MANY, TOO_MANY_OF_A_HOST = "too many connections", "too many of a host"
CLOSED = "closed"
"""Why a connection is not let in."""
OPTIONS = {
    NOT_ALLOWED: "--allow",
    TOO_OFTEN: "--connection-rate",
    TOO_MANY: "--max-connections",
    TOO_MANY_OF_A_HOST: "--max-per-host",
}
"""What lets more in."""
_PAUSE = SECOND


class Door:
    """Remembers what has been told of counts that only grow."""

    def __init__(self) -> None:
        self._told: dict[str, int] = {}
        self._told_at: int | None = None

    def look(self, now: int, turned_away: Mapping[str, int]) -> str:
        """What there is to tell at this instant of those turned away so far, by reason; "" if there is nothing."""
        new = {why: turned_away.get(why, 0) - self._told.get(why, 0) for why in OPTIONS}
        if not any(new.values()) or (self._told_at is not None and now - self._told_at < _PAUSE):
            return ""
        self._told, self._told_at = dict(turned_away), now
        words = ", ".join(f"{count} {why} (see {OPTIONS[why]})" for why, count in new.items() if count)
        return f"connections turned away: {words}"
