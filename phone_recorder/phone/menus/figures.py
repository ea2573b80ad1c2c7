"""Times, lengths and sizes as the menus show them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from phone_recorder.phone.face.chinese import SAY
from phone_recorder.recording.drive_view import span
from phone_recorder.recording.units import from_seconds
from phone_recorder.settings.phone import Language

_UNITS = ("B", "kB", "MB", "GB", "TB")


def duration(seconds: float) -> str:
    """`0:07`, `12:34`, `1:02:03`."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def bytes_of(count: int) -> str:
    """As sticks are sold, a kB being 1,000 bytes: `512 B`, `3.2 GB`."""
    value, unit = float(count), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.{1 if unit else 0}f} {_UNITS[unit]}"


def time_left(seconds: float, language: Language) -> str:
    """A length of time for people, roughly."""
    return SAY[language](span(from_seconds(seconds)))


def moment(iso: str, to: Literal["minutes", "seconds"] = "minutes") -> str:
    """`2026-11-28 06:41` of ISO text; what is none stays as it is."""
    at = _time(iso)
    return at.isoformat(" ", to) if at else iso


def recently(iso: str, now: datetime) -> str:
    """The time of day of today, `11-27 06:41` of this year, or the date."""
    at = _time(iso)
    if at is None:
        return iso
    if at.date() == now.date():
        return at.strftime("%H:%M")
    return at.strftime("%m-%d %H:%M") if at.year == now.year else at.date().isoformat()


def _time(iso: str) -> datetime | None:
    try:
        return datetime.fromisoformat(iso).replace(tzinfo=None)
    except ValueError:
        return None
