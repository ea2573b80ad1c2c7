"""The state of many streams as arrays: a row is one leg of one call, a column what docs/timeline.md says of it.

Columns are what is known of a stream in step; of any other, its timeline knows it all (legs.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from phone_recorder.recording.placement import DRIFT_WINDOW_S, EVER, DelaysInStep
from phone_recorder.recording.sequence import MAX_DROPOUT

Rows = NDArray[np.int64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

WINDOW = 4096
"""Numbers that `seen` has a place for: a power of two above MAX_DROPOUT and what may come ahead of it."""
NO_LAW = 0xFF
"""In `law`: nothing has come. Otherwise it is the payload type."""

UNKNOWN = np.iinfo(np.int64).min
"""In a column of what may not be known."""

_KNOWN = np.arange(MAX_DROPOUT + 1)


class Columns:
    """`rows` of frames of `frame` bytes, of each of which `slots`, a power of two, are kept at a time."""

    def __init__(self, rows: int, frame: int, slots: int) -> None:
        self.frame = frame
        self.slots = slots
        self.start = np.zeros(rows, np.int64)
        """The instant of frame 0."""
        self.silent = np.zeros(rows, np.bool_)
        """Has begun, and was never heard."""
        self.in_step = np.zeros(rows, np.bool_)
        self.until = np.full(rows, EVER)
        """The frame at which the recording ends."""
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
        self.late = np.zeros(rows, np.int64)
        self.repeated = np.zeros(rows, np.int64)
        self.late_since = np.full(rows, UNKNOWN)
        """When the newest packets began to come too late, if they do."""
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

    def fall_in(self, rows: Rows | int, number: Ints | int) -> None:
        """Let these be in step from the newest packet on, which has this number of 16 bits: nothing is counted yet."""
        # What is below it, and has come, is above 0.
        self.number[rows] = self.since[rows] = self.lowest[rows] = number + (1 << 16)
        self.laid[rows] = self.late[rows] = self.repeated[rows] = 0
        self.in_step[rows] = True

    def put(self, rows: Rows, frames: Ints, payloads: NDArray[np.void]) -> None:
        """Frames of streams in step into the ring, each as one thing."""
        laws, ring = self.flat()
        slots = rows * self.slots + (frames & self.slots - 1)
        laws[slots] = self.payload_type[rows]
        ring[slots] = payloads

    def flat(self) -> tuple[Bytes, NDArray[np.void]]:
        """The laws, and the frames as one thing each, of all rows one after another."""
        return self.law.reshape(-1), self.ring.reshape(-1, self.frame).view(f"V{self.frame}").reshape(-1)

    def clear(self, row: int, start: int) -> None:
        """Let a row be that of a new stream, whose frame 0 is at this instant."""
        self.in_step[row], self.silent[row] = False, True
        self.start[row] = start
        self.until[row] = EVER
        self.opened[row] = self.given[row] = self.mixed[row] = 0
        self.law[row] = NO_LAW

    def delays(self, row: int) -> DelaysInStep:
        """What is known of a stream's delay."""
        seconds = tuple(self.seconds[row, DRIFT_WINDOW_S - int(self.kept[row]) :].tolist())
        normal, late_since = _known(self.normal[row]), _known(self.late_since[row])
        return DelaysInStep(int(self.second[row]), int(self.least[row]), seconds, normal, late_since)

    def set_delays(self, row: int | Rows, delays: DelaysInStep) -> None:
        """Of one stream, or of several of which the same is known."""
        self.second[row], self.least[row], seconds, normal, late_since = delays
        self.kept[row] = len(seconds)
        self.seconds[row, DRIFT_WINDOW_S - len(seconds) :] = seconds
        self.normal[row] = UNKNOWN if normal is None else normal
        self.late_since[row] = UNKNOWN if late_since is None else late_since

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


def unknown(found: Ints) -> Any:
    """Which of these are not known."""
    return found == UNKNOWN


def _known(found: np.int64) -> int | None:
    return None if found == UNKNOWN else int(found)


def spans(rows: Rows) -> Ints:
    """Where each row begins in an array of rows that is in order; of an empty one, nothing."""
    begins = np.ones(len(rows), np.bool_)
    np.not_equal(rows[1:], rows[:-1], out=begins[1:])
    return np.flatnonzero(begins)
