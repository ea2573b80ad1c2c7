"""The streams of a fleet that talk, a row each: their next packet, when it is due, and what became of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

NEVER = np.iinfo(np.int64).max
"""Due then: a stream that says nothing, and a row that is nobody's."""

STREAM = np.dtype(
    [
        ("due", "i8"),  # of the next packet, an instant in units
        ("said", "i8"),  # packets so far, which is the next one's number
        ("flow", "i8"),  # to the voice
        ("ssrc", "i8"),
        ("sequence", "i8"),  # of packet 0
        ("timestamp", "i8"),  # of packet 0
        ("payload_type", "i8"),
        ("route", "i8"),
        ("voice", "i8"),
        ("key", "u8"),  # of what is drawn
        ("losing", "?"),  # whether the last packet was lost
        ("enter", "f8"),  # chance of losing a packet after one that was not lost
        ("stay", "f8"),  # and after one that was
        ("duplicate", "f8"),
        ("reorder", "f8"),
        ("behind", "i8"),  # units by which one is late that is reordered
        ("jitter", "i8"),  # units
        ("impaired", "?"),
        ("dropped", "i8"),
        ("duplicated", "i8"),
        ("delayed", "i8"),
        ("unsent", "i8"),
    ]
)

Table = NDArray[np.void]
"""Rows of STREAM."""
_FEWEST = 64


class Packets(NamedTuple):
    """n packets: the row of each one's stream, its number in that stream, and the instant at which it goes out."""

    rows: NDArray[np.int64]
    frames: NDArray[np.int64]
    at: NDArray[np.int64]

    def only(self, which: NDArray[Any] | slice) -> Packets:
        """Those that a mask, numbers or a slice name."""
        return Packets(*(column[which] for column in self))

    def in_order(self) -> Packets:
        """By when they go out; of one instant, as they were."""
        return self.only(np.argsort(self.at, kind="stable"))


NOTHING = Packets(*(np.zeros(0, np.int64) for _ in range(3)))


def joined(parts: Sequence[Packets]) -> Packets:
    """One after another."""
    return Packets(*(np.concatenate(columns) for columns in zip(*parts, strict=True))) if parts else NOTHING


class Streams:
    """Rows that are used again when their stream is over."""

    def __init__(self) -> None:
        self.table: Table = _empty(_FEWEST)
        self._free = list(reversed(range(_FEWEST)))
        self._live: set[int] = set()

    def __len__(self) -> int:
        """How many there are now."""
        return len(self._live)

    def begin(self, columns: Mapping[str, float]) -> int:
        """The row of a new stream, which has these columns, and 0 in the others."""
        if not self._free:
            count = len(self.table)
            self.table = np.concatenate((self.table, _empty(count)))
            self._free = list(reversed(range(count, 2 * count)))
        number = self._free.pop()
        self._live.add(number)
        self.table[number] = tuple(columns.get(name, 0) for name in STREAM.names or ())
        return number

    def row(self, number: int) -> np.void:
        """A view of a stream's row; KeyError if there is no such stream now."""
        if number not in self._live:
            raise KeyError(number)
        row: np.void = self.table[number]
        return row

    def end(self, number: int) -> None:
        """Its row is free; KeyError if there is no such stream now."""
        self._live.remove(number)
        self.table[number] = _empty(1)[0]
        self._free.append(number)


def _empty(count: int) -> Table:
    table = np.zeros(count, STREAM)
    table["due"] = NEVER
    return table
