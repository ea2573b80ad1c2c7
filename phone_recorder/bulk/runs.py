"""Streams all of whose packets in a batch are plainly next: judged and laid by the stream, not by the packet.

Nearly all are such. What is laid here is what placing.py would lay; any other stream is left to it as a whole.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phone_recorder.bulk.columns import UNKNOWN, WINDOW, Columns, Flags, Ints, Rows, spans, unknown
from phone_recorder.bulk.delays import Noted
from phone_recorder.bulk.packets import Packets, words
from phone_recorder.recording.placement import JUMP
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.rtp import HEADER_SIZE, SEQUENCE_MASK, TIMESTAMP_MASK, VERSION

_NO_MARKER = np.uint32(0xFF7FFFFF)
"""Of the first 32 bits of a header: the marker says nothing of where a packet stands."""


class _Streams(NamedTuple):
    """A batch by its streams: [m] of them, [n] of packets, each taken for the one that is plainly next."""

    rows: Rows
    """[m]"""
    at: Ints
    """[m] where each begins."""
    counts: Ints
    """[m]"""
    ranks: Ints
    """[n] 1 for the first of a stream, and so on."""
    delays: Ints
    """[n] how much later than it stands each has come."""
    first: Ints
    """[m] the frame of the first packet."""
    came: Ints
    """[m] when the last packet came, from the stream's beginning on."""

    def each(self, values: NDArray[Any]) -> NDArray[Any]:
        """[n] of [m]: what is a stream's, for each of its packets."""
        return np.repeat(values, self.counts, axis=0)

    def all_of(self, good: Flags) -> Flags:
        """[m] of [n]: of which streams all are good."""
        if good.all():
            return np.ones(len(self.at), np.bool_)
        whole: Flags = np.logical_and.reduceat(good, self.at)
        return whole


def lay_runs(columns: Columns, packets: Packets, horizon: int) -> Flags:
    """Lay what is plainly next; which of the packets are left, all of a stream's or none."""
    if not len(packets.rows):
        return np.zeros(0, np.bool_)
    streams = _streams(columns, packets)
    noted = _noted(columns, packets, streams)
    whole = _plain(columns, packets, streams) & _in_time(columns, streams, horizon) & ~noted.due
    left: Flags = ~streams.each(whole)
    if whole.all():
        noted.commit()
        _go_on(columns, streams, horizon)
        _keep(columns, packets, streams)
    elif whole.any():
        lay_runs(columns, packets.of(~left), horizon)
    return left


def _streams(columns: Columns, packets: Packets) -> _Streams:
    at, frame = spans(packets.rows), columns.frame
    rows, count = packets.rows[at], len(packets.rows)
    counts = np.diff(at, append=count)
    ranks = np.arange(1, count + 1) - np.repeat(at, counts)
    start, place = columns.start[rows], columns.place[rows]
    delays = packets.arrivals - np.repeat(start + place, counts) - ranks * frame
    came = packets.arrivals[at + counts - 1] - start
    return _Streams(rows, at, counts, ranks, delays, place // frame + 1, came)


def _plain(columns: Columns, packets: Packets, streams: _Streams) -> Flags:
    """[m] whether each packet is the next one, has not come before the one ahead of it, and holds one frame."""
    rows, arrivals, ranks = streams.rows, packets.arrivals, streams.ranks.astype(np.uint32)
    heads, begin = words(packets), np.empty((len(rows), 3), np.uint32)
    heads[:, 0] &= _NO_MARKER
    number = columns.number[rows] & SEQUENCE_MASK
    begin[:, 0] = VERSION << 30 | columns.payload_type[rows] << 16 | number
    begin[:, 1], begin[:, 2] = columns.timestamp[rows], columns.ssrc[rows]
    expected = streams.each(begin)
    expected[:, 0] += ranks
    # Of 32 bits, and so it wraps as they do.
    expected[:, 1] += ranks * np.uint32(columns.frame)
    good: Flags = packets.sizes == HEADER_SIZE + columns.frame
    good[1:] &= (arrivals[1:] >= arrivals[:-1]) | (streams.ranks[1:] == 1)
    same = heads == expected
    if not same.all():
        good &= same.all(axis=1)
    # Where the number wraps, it runs over into the payload type.
    return streams.all_of(good) & (number + streams.counts <= SEQUENCE_MASK)


def _in_time(columns: Columns, streams: _Streams, horizon: int) -> Flags:
    """[m] whether all of it has its place in the ring, near to where it stands by its arrival, and before the end."""
    rows, frame = streams.rows, columns.frame
    last = streams.first + streams.counts - 1
    opened = np.maximum(np.maximum(columns.opened[rows], columns.given[rows]), (streams.came - horizon) // frame)
    good: Flags = columns.in_step[rows] & (streams.first >= opened) & (last < columns.mixed[rows] + columns.slots)
    good &= np.maximum(last, streams.came // frame) < columns.until[rows]
    if max(-streams.delays.min(), streams.delays.max()) > JUMP:
        good &= streams.all_of(np.abs(streams.delays) <= JUMP)
    return good


def _noted(columns: Columns, packets: Packets, streams: _Streams) -> Noted:
    """The least delays of each stream and second."""
    seconds = packets.arrivals // SECOND
    begins = np.ones(len(seconds), np.bool_)
    begins[1:] = (seconds[1:] != seconds[:-1]) | (streams.ranks[1:] == 1)
    at = np.flatnonzero(begins)
    return Noted(columns, packets.rows[at], seconds[at], np.minimum.reduceat(streams.delays, at))


def _go_on(columns: Columns, streams: _Streams, horizon: int) -> None:
    """Let each row be at its last packet."""
    rows, counts = streams.rows, streams.counts
    units = counts * columns.frame
    columns.number[rows] += counts
    columns.laid[rows] += counts
    columns.place[rows] += units
    columns.timestamp[rows] = columns.timestamp[rows] + units & TIMESTAMP_MASK
    columns.opened[rows] = np.maximum(columns.opened[rows], (streams.came - horizon) // columns.frame)
    if not unknown(columns.late_since[rows]).all():
        columns.late_since[rows] = UNKNOWN


def _keep(columns: Columns, packets: Packets, streams: _Streams) -> None:
    """Put them into the ring; `columns` have gone on already."""
    rows = streams.rows
    numbers = streams.each(columns.number[rows] - streams.counts) + streams.ranks
    columns.seen.reshape(-1)[packets.rows * WINDOW + (numbers & WINDOW - 1)] = True
    frames = streams.each(streams.first - 1) + streams.ranks
    columns.put(packets.rows, frames, packets.payloads(columns.frame, slice(None)))
