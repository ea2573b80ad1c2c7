"""Which UDP ports of a range are given to recordings, and which come back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import chain, islice
from typing import TypeVar

from phone_recorder.adapters.udp import TRIES
from phone_recorder.errors import UsageError

Opened = TypeVar("Opened")


class PortNumbers:
    """The range from `first` to `last`, in turn: one that was given back is used again as late as can be.

    Where both are 0, the system chooses.
    """

    def __init__(self, first: int = 0, last: int = 0) -> None:
        self._range = range(first, last + 1)
        self._last = last
        self._taken: set[int] = set()

    def open(self, opener: Callable[[int], Opened]) -> Opened:
        """What the opener makes of the next number that is free; UsageError if none is."""
        if not self._range.start:
            return opener(0)
        turns = chain(range(self._last + 1, self._range.stop), range(self._range.start, self._last + 1))
        for number in islice((number for number in turns if number not in self._taken), TRIES):
            # Others may have taken it.
            with suppress(UsageError):
                opened = opener(number)
                self._taken.add(number)
                self._last = number
                return opened
        raise UsageError(f"no UDP port from {self._range[0]} to {self._range[-1]} is free")

    def give_back(self, number: int) -> None:
        """It may be given to another recording."""
        self._taken.discard(number)
