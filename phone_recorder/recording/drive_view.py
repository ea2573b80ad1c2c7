"""What a phone can show of its USB drive while nothing is recorded there."""

from __future__ import annotations

from dataclasses import dataclass

from phone_recorder.recording.units import SECOND


@dataclass(frozen=True, slots=True)
class DriveView:
    """`remaining`: units of audio that fit, None where that is not known; `news`: what has become of the drive."""

    ready: bool = False
    remaining: int | None = None
    news: str = ""


NO_DRIVE = DriveView()


def span(units: int) -> str:
    """A length of time for people, the more roughly the longer it is: 45 s, 12 min, 3 h 05 min, 310 h."""
    minutes, seconds = divmod(units // SECOND, 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 100:
        return f"{hours} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min" if minutes else f"{seconds} s"
