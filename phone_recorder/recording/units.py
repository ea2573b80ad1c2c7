"""Time on this floor: whole units of the RTP clock, 1/8000 s.

An instant counts from any zero that the shell's clock has; a length is a difference of instants. One byte of payload
lasts one unit in each of our codecs, so lengths of audio, of time and of data are one number.
"""

from __future__ import annotations

from phone_recorder.wire.rtp import CLOCK_RATE

SECOND = CLOCK_RATE
NS_PER_UNIT = 1_000_000_000 // CLOCK_RATE


def from_ms(milliseconds: int) -> int:
    """Units of so many milliseconds."""
    return milliseconds * SECOND // 1000


def from_seconds(seconds: float) -> int:
    """Units of so many seconds, to the nearest: script times such as 0.3 are not exact in binary."""
    return round(seconds * SECOND)


def from_ns(nanoseconds: int) -> int:
    """Units of so many nanoseconds, rounded down."""
    return nanoseconds // NS_PER_UNIT


def to_seconds(units: int) -> float:
    """Seconds of so many units."""
    return units / SECOND
