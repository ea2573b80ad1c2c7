"""The horizontal axis of a drawing: time in units to places from left to right, and round times to write below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from phone_recorder.harness.judging.lengths import length
from phone_recorder.recording.units import SECOND

WIDTH, LEFT, RIGHT = 960, 84, 16
"""Of a drawing; names stand left of LEFT."""
INNER = WIDTH - LEFT - RIGHT
MOST_TICKS = 10
_STEPS = tuple(
    SECOND * step // 10 for step in (1, 2, 5, 10, 20, 50, 100, 150, 300, 600, 1200, 3000, 6000, 18000, 36000)
)


class Tick(NamedTuple):
    """A place on the axis and what is written there."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """From 0 to `whole` units, at least 1."""

    whole: int

    def x(self, units: int) -> float:
        """Where this instant is; one that is outside is at the edge."""
        return round(LEFT + INNER * min(max(units / self.whole, 0.0), 1.0), 1)

    def ticks(self) -> tuple[Tick, ...]:
        """Round times, MOST_TICKS at most."""
        step = next((one for one in _STEPS if self.whole <= one * MOST_TICKS), 0) or self.whole // MOST_TICKS
        return tuple(Tick(self.x(at), length(at)) for at in range(0, self.whole + 1, step))
