"""What was worked out last of a thing that cannot be a key, so that ten expectations do not decode a call ten times."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

Source = TypeVar("Source")
Made = TypeVar("Made")


class Kept(Generic[Source, Made]):
    """`make` for each source once, while it is one of the last `most`; sources are told apart by identity."""

    def __init__(self, make: Callable[[Source], Made], most: int = 4) -> None:
        self._make = make
        self._kept: deque[tuple[Source, Made]] = deque(maxlen=most)

    def of(self, source: Source) -> Made:
        """What is made of this."""
        for known, made in tuple(self._kept):
            if known is source:
                return made
        made = self._make(source)
        self._kept.append((source, made))
        return made
