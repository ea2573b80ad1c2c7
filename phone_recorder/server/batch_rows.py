"""Recordings as rows of arrays: which packets of a batch are plainly the next of their streams, and their payloads.

What is plainly next is judged by SenderTimeline.plainly_next, for all packets at once. From the first packet on that
is anything else, a recording gets its datagrams one by one, until it says again what is next.
"""

from __future__ import annotations

import mmap
from contextlib import suppress
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

    batch: Batch
    ranks: Ints
    """[n] how many of its stream came before in this batch."""
    first: NDArray[np.intp]
    """[m] where each stream begins."""
    counts: Ints
    streams: NDArray[np.int32]
    """[m] their rows."""

    def each(self, values: NDArray[Any]) -> NDArray[Any]:
        """[n] of [m]: what is a stream's, for each of its packets."""
        return np.repeat(values, self.counts)


class Rows:
    """One row a recording, numbered as its flow is."""

    def __init__(self, size: int = 64) -> None:
        self._columns: dict[str, NDArray[Any]] = {name: np.zeros(size, kind) for name, kind in _COLUMNS.items()}
        self._payloads = _room(size)

    def __len__(self) -> int:
        return len(self._payloads)

    def grow(self) -> None:
        """Twice as many."""
        self._columns = {name: np.concatenate((old, np.zeros_like(old))) for name, old in self._columns.items()}
        payloads = _room(2 * len(self))
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

    def take(self, batch: Batch) -> tuple[Batch, list[int]]:
        """Hold the runs that are in a batch; the other datagrams, stream by stream, each in its order.

        And the rows that have no room for all that is plainly next: once they are empty, the rest is to be taken again.
        """
        found = _sorted(batch)
        runs = self._runs(found)
        counts = np.minimum(runs, self._room_in(found.streams))
        taken = found.ranks < found.each(counts)
        self._hold(found, taken)
        self._go_on(found, counts, taken)
        full = counts < runs
        self._columns["told"][found.streams[(counts < found.counts) & ~full]] = False
        return _some(found.batch, np.flatnonzero(~taken)), found.streams[full].tolist()

    def _runs(self, found: _Sorted) -> Ints:
        """[m] how many packets at the head of a stream are plainly next."""
        columns, streams = self._columns, found.streams
        plain = np.where(self._plain(found), found.each(found.counts), found.ranks)
        run = np.minimum.reduceat(plain, found.first)
        # EDGE-CASES M10. Its room grows at least as fast as time does.
        last = found.batch.arrivals[found.first + found.counts - 1]
        timely = found.counts * columns["frame"][streams] <= columns["credit"][streams] + last
        return np.where(columns["told"][streams] & timely, run, 0)

    def _room_in(self, rows: NDArray[np.int32]) -> Ints:
        """[m] packets that they have room for."""
        columns = self._columns
        return np.asarray(ROOM // np.maximum(columns["frame"][rows], 1) - columns["held"][rows])

    def _plain(self, found: _Sorted) -> Bools:
        """[n] whether a packet is the next of its stream, those before it in the batch being so too."""
        columns, streams, batch = self._columns, found.streams, found.batch
        frame = found.each(columns["frame"][streams])
        words = np.ascontiguousarray(batch.data[:, :HEADER_SIZE]).view(_WORDS)
        sequence = found.each(columns["sequence"][streams]) + found.ranks & SEQUENCE_MASK
        timestamp = found.each(columns["timestamp"][streams]) + found.ranks * frame & TIMESTAMP_MASK
        good = batch.sizes == HEADER_SIZE + frame
        good &= words[:, 0] == (found.each(columns["lead"][streams] << 16) | sequence)
        good &= words[:, 1] == timestamp
        good &= words[:, 2] == found.each(columns["ssrc"][streams])
        good &= host_keys(batch.sources) == found.each(columns["peer"][streams])
        return np.asarray(good)

    def _hold(self, found: _Sorted, taken: Bools) -> None:
        """Keep the payloads of [n] packets, behind what their rows hold."""
        frames = self._columns["frame"][found.streams]
        for frame in set(frames.tolist()) - {0}:
            chosen = np.flatnonzero(taken & found.each(frames == frame))
            if not len(chosen):
                continue
            behind = found.streams * (ROOM // frame) + self._columns["held"][found.streams]
            slots = (found.each(behind) + found.ranks)[chosen]
            # A packet as one value, which is copied as a whole.
            packet = f"V{frame}"
            payloads = found.batch.data[:, HEADER_SIZE : HEADER_SIZE + frame].view(packet)[:, 0]
            self._payloads.reshape(-1).view(packet)[slots] = payloads[chosen]

    def _go_on(self, found: _Sorted, counts: Ints, taken: Bools) -> None:
        """[m] streams are further by so many packets, those that are `taken`."""
        columns = self._columns
        late = np.maximum.reduceat(np.where(taken, self._late(found), -EVER), found.first)
        further = np.flatnonzero(counts)
        rows, counts = found.streams[further], counts[further]
        units = counts * columns["frame"][rows]
        columns["late"][rows] = np.maximum(columns["late"][rows], late[further])
        columns["heard_at"][rows] = found.batch.arrivals[found.first[further] + counts - 1]
        columns["sequence"][rows] = columns["sequence"][rows] + counts & SEQUENCE_MASK
        columns["timestamp"][rows] = columns["timestamp"][rows] + units & TIMESTAMP_MASK
        columns["place"][rows] += units
        columns["credit"][rows] -= units
        columns["held"][rows] += counts

    def _late(self, found: _Sorted) -> Ints:
        """[n] the place that BySender.late would have told as each packet arrived, those before it being taken."""
        columns, streams, arrivals = self._columns, found.streams, found.batch.arrivals
        before = np.concatenate((arrivals[:1], arrivals[:-1]))
        before[found.first] = columns["heard_at"][streams]
        end = found.each(columns["place"][streams]) + found.ranks * found.each(columns["frame"][streams])
        return np.asarray(end + np.minimum(arrivals - before - HORIZON, 0))


def _room(rows: int) -> NDArray[np.uint8]:
    """[rows, ROOM] zeros: a row that nobody uses takes no memory."""
    memory = mmap.mmap(-1, rows * ROOM, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):
        # Of a kernel without huge pages: in one of them stand the rows of 200 recordings.
        memory.madvise(mmap.MADV_NOHUGEPAGE)
    return np.frombuffer(memory, np.uint8).reshape(rows, ROOM)


def _sorted(batch: Batch) -> _Sorted:
    found = _grouped(batch)
    if len(set(found.streams.tolist())) == len(found.streams):
        return found
    return _grouped(_some(batch, np.argsort(batch.flows, kind="stable")))


def _grouped(batch: Batch) -> _Sorted:
    """A batch in which the packets of each stream stand together."""
    flows, count = batch.flows, len(batch.flows)
    first = np.flatnonzero(np.concatenate(([True], flows[1:] != flows[:-1])))
    counts = np.diff(first, append=count)
    ranks = np.arange(count) - np.repeat(first, counts)
    return _Sorted(batch, ranks, first, counts, flows[first])


def _some(batch: Batch, numbers: NDArray[np.intp]) -> Batch:
    """Copies of these datagrams of a batch, as long as the longest of them."""
    sizes = batch.sizes[numbers]
    data = batch.data[numbers, : max(int(sizes.max(initial=0)), HEADER_SIZE)]
    return Batch(batch.flows[numbers], batch.arrivals[numbers], sizes, data, batch.sources[numbers])
