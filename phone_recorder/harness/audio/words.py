"""Times and spans as messages have them."""

from __future__ import annotations

from phone_recorder.recording.units import SECOND, to_seconds


def time(units: int) -> str:
    """`120 ms` below a second, `2.5 s` from there on."""
    if abs(units) < SECOND:
        return f"{1000 * units / SECOND:.4g} ms"
    return f"{round(to_seconds(units), 3):g} s"


def between(start: int, end: int) -> str:
    """`between 2 s and 5 s`."""
    return f"between {round(to_seconds(start), 3):g} s and {round(to_seconds(end), 3):g} s"


def lateness(lag: int) -> str:
    """`120 ms late`, `20 ms early`."""
    return f"{time(abs(lag))} {'late' if lag > 0 else 'early'}"


def decibels(db: float) -> str:
    """`-20.1 dB`."""
    return f"{db:.1f} dB"
