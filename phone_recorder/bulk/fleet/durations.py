"""How long the same thing takes each time: always as long, anything between two, or exponentially distributed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from phone_recorder.recording.units import SECOND, to_seconds


@dataclass(frozen=True, slots=True)
class Durations:
    """Units. Uniform from `least` to `most`; with a `mean` above 0 exponential about it, and those two do not count."""

    least: int = 0
    most: int = 0
    mean: int = 0

    @classmethod
    def always(cls, length: int) -> Durations:
        """As long each time."""
        return cls(length, length)

    @classmethod
    def about(cls, mean: int) -> Durations:
        """As calls of people are: many short ones, a few long."""
        return cls(mean=mean)

    def draw(self, random: Random) -> int:
        """One of them."""
        if self.mean:
            return round(random.expovariate(1 / self.mean))
        return random.randint(self.least, self.most)

    @property
    def usual(self) -> int:
        """Their mean."""
        return self.mean or (self.least + self.most) // 2

    def __str__(self) -> str:
        if self.mean:
            return f"~{_shown(self.mean)}"
        return _shown(self.least) if self.least == self.most else f"{_shown(self.least)}-{_shown(self.most)}"


ONE_MINUTE = Durations.always(60 * SECOND)
ONE_SECOND = Durations.always(SECOND)


def _shown(units: int) -> str:
    return f"{to_seconds(units):g}s"
