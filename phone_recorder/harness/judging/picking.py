"""Which recording an expectation is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

One = TypeVar("One")

NOTHING = "nothing was recorded"


def pick(recordings: Sequence[One], number: int | None) -> One | str:
    """The recording of that number, counted from 1, without one the only one; else a clause that says why not."""
    count = len(recordings)
    if not count:
        return NOTHING
    if number is None:
        return recordings[0] if count == 1 else f"there are {count} recordings: write `recording: 1` for the first"
    if not 1 <= number <= count:
        return f"there {'is 1 recording' if count == 1 else f'are {count} recordings'}"
    return recordings[number - 1]
