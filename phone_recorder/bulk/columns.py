"""The state of many streams as arrays: a row is one leg of one call, a column what docs/timeline.md says of it.

Columns are what is known of a stream in step; of any other, its timeline knows it all (legs.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from phone_recorder.recording.placement import DRIFT_WINDOW_S, DelaysInStep
from phone_recorder.recording.sequence import MAX_DROPOUT

Rows = NDArray[np.int64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

WINDOW = 4096
"""Numbers that `seen` has a place for: a power of two above MAX_DROPOUT and what may come ahead of it."""
NO_LAW = 0xFF
"""In `law`: nothing has come. Otherwise it is the payload type."""

_KNOWN = np.arange(MAX_DROPOUT + 1)
_UNKNOWN = np.iinfo(np.int64).min


class Columns:
    """`rows` of frames of `frame` bytes, of each of which `slots`, a power of two, are kept at a time."""

    def __init__(self, rows: int, frame: int, slots: int) -> None:
        self.frame = frame
        self.slots = slots
        self.start = np.zeros(rows, np.int64)
        """The instant of frame 0."""
        self.in_step = np.zeros(rows, np.bool_)
        self.ssrc = np.zeros(rows, np.int64)
        self.payload_type = np.zeros(rows, np.int64)
        self.number = np.zeros(rows, np.int64)
        """Of the newest packet, not wrapped."""
        self.timestamp = np.zeros(rows, np.int64)
        """Of the newest packet."""
        self.place = np.zeros(rows, np.int64)
        """Of the newest packet."""
        self.opened = np.zeros(rows, np.int64)
        """Frames before this one take no more."""
        self.given = np.zeros(rows, np.int64)
        """Frames given out."""
        self.mixed = np.zeros(rows, np.int64)
        """Frames that are needed no more: the slots have room for as many as they are, from this one on."""
        self.laid = np.zeros(rows, np.int64)
        self.repeated = np.zeros(rows, np.int64)
        self.since = np.zeros(rows, np.int64)
        """The number that was the newest when the stream fell into step."""
        self.lowest = np.zeros(rows, np.int64)
        """The lowest number laid since then."""
        self.second = np.zeros(rows, np.int64)
        self.least = np.zeros(rows, np.int64)
        self.seconds = np.zeros((rows, DRIFT_WINDOW_S), np.int64)
        """The last of them, the newest last; only so many as `kept`."""
        self.kept = np.zeros(rows, np.int64)
        self.normal = np.zeros(rows, np.int64)
        self.seen = np.zeros((rows, WINDOW), np.bool_)
        self.law = np.full((rows, slots), NO_LAW, np.uint8)
        self.ring = np.zeros((rows, slots, frame), np.uint8)

    def flat(self) -> tuple[Bytes, NDArray[np.void]]:
        """The laws, and the frames as one thing each, of all rows one after another."""
        return self.law.reshape(-1), self.ring.reshape(-1, self.frame).view(f"V{self.frame}").reshape(-1)

    def clear(self, row: int, start: int) -> None:
        """Let a row be that of a new stream, whose frame 0 is at this instant."""
        self.in_step[row] = False
        self.start[row] = start
        self.opened[row] = self.given[row] = self.mixed[row] = 0
        self.law[row] = NO_LAW

    def delays(self, row: int) -> DelaysInStep:
        """What is known of a stream's delay."""
        kept, normal = int(self.kept[row]), int(self.normal[row])
        seconds = tuple(self.seconds[row, DRIFT_WINDOW_S - kept :].tolist())
        return DelaysInStep(
            int(self.second[row]), int(self.least[row]), seconds, None if normal == _UNKNOWN else normal
        )

    def set_delays(self, row: int, delays: DelaysInStep) -> None:
        self.second[row], self.least[row], seconds, normal = delays
        self.kept[row] = len(seconds)
        self.seconds[row, DRIFT_WINDOW_S - len(seconds) :] = seconds
        self.normal[row] = _UNKNOWN if normal is None else normal

    def known(self, row: int) -> int:
        """Bit n: the number n below the newest has come."""
        bits = self.seen[row, (self.number[row] - _KNOWN) & (WINDOW - 1)]
        return int.from_bytes(np.packbits(bits, bitorder="little").tobytes(), "little")

    def set_known(self, row: int, bits: int) -> None:
        data = np.frombuffer(bits.to_bytes(WINDOW // 8, "little"), np.uint8)
        self.seen[row] = False
        self.seen[row, (self.number[row] - _KNOWN) & (WINDOW - 1)] = np.unpackbits(
            data, count=MAX_DROPOUT + 1, bitorder="little"
        )


def unknown(normal: Ints) -> Any:
    """Which of these delays are not known yet."""
    return normal == _UNKNOWN


def spans(rows: Rows) -> Ints:
    """Where each row begins in an array of rows that is in order; of an empty one, nothing."""
    return np.flatnonzero(np.diff(rows, prepend=-1))
