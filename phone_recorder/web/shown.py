"""Values as text for a page. Text of callers is made safe to look at here; the templates escape all of it once more."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from phone_recorder.wire.printable import printable

_UNITS = ("B", "KB", "MB", "GB", "TB", "PB")


def text(value: object) -> str:
    """Anything without what steers a terminal or turns the reading direction, and not too long."""
    return printable(str(value))


def when(seconds: float, zone: tzinfo | None = None) -> str:
    """An instant, in seconds since 1970, as local time; nothing for one that no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return ""


def duration(seconds: float) -> str:
    """`0:07`, `12:34`, `1:02:03`."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def size(count: float) -> str:
    """Bytes in the unit that fits: `512 B`, `1.2 MB`."""
    for unit in _UNITS:
        if count < 1000 or unit == _UNITS[-1]:
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
