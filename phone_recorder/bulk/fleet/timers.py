"""One alarm for each of many phones: the next instant at which each has something to do."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush


class Timers:
    """Alarms by number. Setting one again replaces it, at the cost of an entry that stays until its instant."""

    def __init__(self) -> None:
        self._due: dict[int, int] = {}
        self._heap: list[tuple[int, int]] = []

    def set(self, number: int, instant: int | None) -> None:
        """Go off then; None: not at all."""
        if instant is None:
            self._due.pop(number, None)
        elif self._due.get(number) != instant:
            self._due[number] = instant
            heappush(self._heap, (instant, number))

    def gone_off(self, now: int) -> Iterator[int]:
        """Those that are due, the earliest first, each taken once; also those that are set meanwhile."""
        while self._heap and self._heap[0][0] <= now:
            instant, number = heappop(self._heap)
            if self._due.get(number) == instant:
                del self._due[number]
                yield number

    def __len__(self) -> int:
        return len(self._due)
