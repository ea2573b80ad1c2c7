"""Lengths of time and sizes as people write them in a scenario: `2.5 s`, `200 ms`, `17 min 30 s`, `1 MiB`."""

from __future__ import annotations

from phone_recorder.recording.units import SECOND, to_seconds

_UNITS = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10))


def length(units: int) -> str:
    """So many units, exactly; less than a second in milliseconds."""
    if units < 0:
        return f"-{length(-units)}"
    if 0 < units < SECOND:
        return f"{number(to_seconds(units) * 1000)} ms"
    minutes, rest = divmod(units, 60 * SECOND)
    hours, minutes = divmod(minutes, 60)
    said = [f"{count} {name}" for count, name in ((hours, "h"), (minutes, "min")) if count]
    return " ".join([*said, f"{number(to_seconds(rest))} s"] if rest or not said else said)


def size(count: int) -> str:
    """So many bytes: in the largest unit that they are a whole number of."""
    byte = ("byte" if count == 1 else "bytes", 1)
    name, unit = next(((name, unit) for name, unit in _UNITS if count and count % unit == 0), byte)
    return f"{count // unit:,} {name}"


def number(value: float) -> str:
    """A number without zeros at its end; a unit of time is 0.000125 s, and so six places are exact."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
