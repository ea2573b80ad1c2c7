"""Which recordings give way to age and to space. Values, no files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from phone_recorder.server.entry import Entry

CLOCK_IS_SET = 946_684_800.0
"""2000-01-01: a recording that is older was made before its clock was set, and nobody knows its age."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Recordings older than `max_age_s` give way, and the oldest ones while all together have more than `max_bytes`,
    or while fewer than `min_free` bytes are free. 0 is no limit."""

    max_age_s: float = 0.0
    max_bytes: int = 0
    min_free: int = 0

    @property
    def off(self) -> bool:
        """Nothing ever gives way."""
        return self == KEEP_ALL


KEEP_ALL = Retention()


@dataclass(frozen=True, slots=True)
class Space:
    """Bytes that the recordings have, and that are free."""

    used: int
    free: int


@dataclass(frozen=True, slots=True)
class GivesWay:
    """A recording that must go, and why."""

    name: str
    why: str


def giving_way(entries: Iterable[Entry], retention: Retention, now: float, space: Space) -> Iterator[GivesWay]:
    """Of entries that are not being recorded, oldest first: which must go. `now` in seconds since 1970, UTC.

    Entries are taken no further than they are wanted.
    """
    for entry in entries:
        why = _too_old(entry, retention, now) or _too_much(retention, space)
        if why:
            yield GivesWay(entry.name, why)
            space = Space(space.used - entry.size, space.free + entry.size)
        elif entry.started_at >= CLOCK_IS_SET:
            # All further ones are younger, and there is room for them.
            return


def _too_old(entry: Entry, retention: Retention, now: float) -> str:
    age = now - entry.started_at
    old = retention.max_age_s and entry.started_at >= CLOCK_IS_SET and age > retention.max_age_s
    days = retention.max_age_s / 86400
    return f"it is older than {days:g} day{'' if days == 1 else 's'}" if old else ""


def _too_much(retention: Retention, space: Space) -> str:
    if retention.max_bytes and space.used > retention.max_bytes:
        return f"all recordings together had more than {retention.max_bytes:,} bytes"
    if space.free < retention.min_free:
        return f"fewer than {retention.min_free:,} bytes were free"
    return ""
