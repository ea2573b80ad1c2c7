"""What a number may be: `3`, `> 0.95`, `at least 2`, `10 s ± 20 ms`, `2 to 5`."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Bound:
    """From `low` to `high`, both of them in unless `open`. `text` is how its author wrote it."""

    low: float = -inf
    high: float = inf
    text: str = ""
    open: bool = False

    def holds(self, number: float) -> bool:
        """Whether the number is within."""
        if self.open:
            return self.low < number < self.high
        return self.low <= number <= self.high

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Span:
    """From one instant to another, in units; `end` None is as long as it lasts."""

    start: int = 0
    end: int | None = None


WHOLE = Span()
