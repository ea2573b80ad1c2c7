"""Recordings as rows of arrays: which packets of a batch are plainly the next of their streams, and their payloads.

What is plainly next is judged by SenderTimeline.plainly_next, for all packets at once. A recording of which anything
else has come gets all its datagrams one by one, until it says again what is next.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phone_recorder.adapters.batches.batch import HOST_KEY, Batch, host_key, host_keys
from phone_recorder.recording.placement import EVER
from phone_recorder.recording.sender_session import Run
from phone_recorder.server.media_port import Expected
from phone_recorder.server.recording import HORIZON
from phone_recorder.wire.rtp import HEADER_SIZE, SEQUENCE_MASK, TIMESTAMP_MASK, VERSION

ROOM = 9600
"""Bytes of audio that a row holds, 1.2 s: whole packets of any length that phones offer."""

_COLUMNS: dict[str, Any] = {
    "told": np.bool_,  # whether it is known what is next
    "peer": HOST_KEY,
    "lead": np.int64,  # the first 16 bits of a header
    "sequence": np.int64,
    "timestamp": np.int64,
    "ssrc": np.int64,
    "frame": np.int64,
    "place": np.int64,
    "heard_at": np.int64,
    "late": np.int64,
    "credit": np.int64,
    "held": np.int64,  # packets that wait to be passed on
}
_WORDS = np.dtype(">u4")
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class _Sorted(NamedTuple):
    """A batch, stream by stream: [n] of packets, [m] of streams."""

    order: NDArray[np.intp]
    rows: NDArray[np.int32]
    arrivals: Ints
    ranks: Ints
    """[n] how many of its stream came before in this batch."""
    first: NDArray[np.intp]
    """[m] where each stream begins."""
    counts: Ints
    streams: NDArray[np.int32]
    """[m] their rows."""


class Rows:
    """One row a recording, numbered as its flow is."""

    def __init__(self, size: int = 64) -> None:
        self._columns: dict[str, NDArray[Any]] = {name: np.zeros(size, kind) for name, kind in _COLUMNS.items()}
        self._payloads = np.zeros((size, ROOM), np.uint8)

    def __len__(self) -> int:
        return len(self._payloads)

    def grow(self) -> None:
        """Twice as many."""
        self._columns = {name: np.concatenate((old, np.zeros_like(old))) for name, old in self._columns.items()}
        # Not by concatenating: rows that nobody uses should take no memory.
        payloads = np.zeros((2 * len(self), ROOM), np.uint8)
        payloads[: len(self)] = self._payloads
        self._payloads = payloads

    def clear(self, row: int) -> None:
        """Hold nothing, and expect nothing."""
        for column in self._columns.values():
            column[row] = np.zeros((), column.dtype)

    def told(self, row: int) -> bool:
        """Whether it is known what is next."""
        return bool(self._columns["told"][row])

    def expect(self, row: int, expected: Expected) -> None:
        """This is plainly next."""
        columns, following = self._columns, expected.following
        columns["told"][row] = True
        columns["peer"][row] = host_key(expected.peer)
        columns["lead"][row] = VERSION << 14 | expected.payload_type
        columns["frame"][row] = expected.frame
        columns["heard_at"][row] = expected.heard_at
        columns["credit"][row] = expected.credit
        columns["late"][row] = -EVER
        for name, value in following._asdict().items():
            columns[name][row] = value

    def run(self, row: int) -> Run | None:
        """What has come as it was expected, and has not been asked for yet."""
        columns = self._columns
        held = int(columns["held"][row])
        if not held:
            return None
        columns["held"][row] = 0
        payloads = self._payloads[row, : held * int(columns["frame"][row])].tobytes()
        return Run(payloads, int(columns["heard_at"][row]), int(columns["late"][row]))

    def take(self, batch: Batch) -> NDArray[np.intp]:
        """Hold the runs that are in a batch; the numbers of the other datagrams, in the order of each stream."""
        found = _sorted(batch)
        whole = self._whole(batch, found)
        self._hold(batch, found, np.repeat(whole, found.counts))
        self._go_on(found, whole)
        self._columns["told"][found.streams[~whole]] = False
        return found.order[~np.repeat(whole, found.counts)]

    def _whole(self, batch: Batch, found: _Sorted) -> Bools:
        """[m] whether all that has come of a stream is plainly next, and there is room for it."""
        columns, streams, frame = self._columns, found.streams, self._columns["frame"][found.streams]
        fits = (columns["held"][streams] + found.counts) * frame <= ROOM
        # EDGE-CASES M10. Its room grows at least as fast as time does.
        timely = found.counts * frame <= columns["credit"][streams] + found.arrivals[found.first + found.counts - 1]
        plain = np.logical_and.reduceat(self._plain(batch, found), found.first)
        return np.asarray(columns["told"][streams] & fits & timely & plain)

    def _plain(self, batch: Batch, found: _Sorted) -> Bools:
        """[n] whether a packet is the next of its stream, those before it in the batch being so too."""
        columns, rows = self._columns, found.rows
        frame = columns["frame"][rows]
        words = np.ascontiguousarray(batch.data[found.order, :HEADER_SIZE]).view(_WORDS)
        sequence = columns["sequence"][rows] + found.ranks & SEQUENCE_MASK
        timestamp = columns["timestamp"][rows] + found.ranks * frame & TIMESTAMP_MASK
        good = batch.sizes[found.order] == HEADER_SIZE + frame
        good &= words[:, 0] == (columns["lead"][rows] << 16 | sequence)
        good &= words[:, 1] == timestamp
        good &= words[:, 2] == columns["ssrc"][rows]
        good &= host_keys(batch.sources[found.order]) == columns["peer"][rows]
        return np.asarray(good)

    def _hold(self, batch: Batch, found: _Sorted, taken: Bools) -> None:
        """Keep the payloads of [n] packets, behind what their rows hold."""
        frames = self._columns["frame"][found.rows]
        for frame in set(frames[taken].tolist()):
            chosen = np.flatnonzero(taken & (frames == frame))
            rows = found.rows[chosen]
            slots = rows * (ROOM // frame) + self._columns["held"][rows] + found.ranks[chosen]
            payloads = batch.data[found.order[chosen], HEADER_SIZE : HEADER_SIZE + frame]
            self._payloads.reshape(-1, frame)[slots] = payloads

    def _go_on(self, found: _Sorted, whole: Bools) -> None:
        """These streams are further by all that has come of them."""
        columns, rows, counts = self._columns, found.streams[whole], found.counts[whole]
        units = counts * columns["frame"][rows]
        columns["late"][rows] = np.maximum(columns["late"][rows], self._late(found)[whole])
        columns["heard_at"][rows] = found.arrivals[found.first + found.counts - 1][whole]
        columns["sequence"][rows] = columns["sequence"][rows] + counts & SEQUENCE_MASK
        columns["timestamp"][rows] = columns["timestamp"][rows] + units & TIMESTAMP_MASK
        columns["place"][rows] += units
        columns["credit"][rows] -= units
        columns["held"][rows] += counts

    def _late(self, found: _Sorted) -> Ints:
        """[m] the furthest place that BySender.late would have told as each packet arrived."""
        columns, rows, arrivals = self._columns, found.rows, found.arrivals
        before = np.roll(arrivals, 1)
        before[found.first] = columns["heard_at"][found.streams]
        end = columns["place"][rows] + found.ranks * columns["frame"][rows]
        late = end + np.minimum(arrivals - before - HORIZON, 0)
        return np.asarray(np.maximum.reduceat(late, found.first))


def _sorted(batch: Batch) -> _Sorted:
    count = len(batch.flows)
    order = np.argsort(batch.flows, kind="stable")
    rows = batch.flows[order]
    first = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
    counts = np.diff(first, append=count)
    ranks = np.arange(count) - np.repeat(first, counts)
    return _Sorted(order, rows, batch.arrivals[order], ranks, first, counts, rows[first])
