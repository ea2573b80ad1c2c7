"""Packets of many streams at once, each laid where it stands (docs/timeline.md): loss, order and duplicates by numbers.

What a stream in step cannot have, a change of SSRC, a jump, a packet of another length, one too late, a shift that
drift calls for, is left to its timeline, with all that has come of that stream in the batch.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from phone_recorder.bulk.columns import WINDOW, Bytes, Columns, Flags, Ints, Rows, spans
from phone_recorder.bulk.delays import Noted
from phone_recorder.recording.placement import JUMP
from phone_recorder.recording.sequence import MAX_DROPOUT
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.rtp import HEADER_SIZE, SEQUENCE_MASK, TIMESTAMP_MASK, VERSION

_HEADER = np.dtype([("flags", "u1"), ("type", "u1"), ("sequence", ">u2"), ("timestamp", ">u4"), ("ssrc", ">u4")])
_PLAIN = VERSION << 6
_FAR = np.iinfo(np.int64).max


class Packets(NamedTuple):
    """Datagrams, those of one row one after another, rows in order, in each as they came.

    Each is row `at` of `data`, which is [any, width], and has `sizes` bytes there.
    """

    rows: Rows
    arrivals: Ints
    sizes: Ints
    at: Ints
    data: Bytes

    def of(self, which: Flags | Ints) -> Packets:
        """Some of them."""
        return Packets(self.rows[which], self.arrivals[which], self.sizes[which], self.at[which], self.data)


class _Read(NamedTuple):
    """What packets say: numbers, not wrapped; frames; where they stand by their arrival, and how much later that is."""

    numbers: Ints
    frames: Ints
    stand: Ints
    delays: Ints
    repeated: Flags


def lay(columns: Columns, packets: Packets, horizon: int) -> Flags:
    """Lay what is in step; which of the packets are not laid: all of each row that has one which is not in step."""
    read, good = _read(columns, packets, horizon)
    apart = _all_of(columns, packets.rows, packets.rows[~good])
    if apart.any():
        return _without(columns, packets, apart, horizon)
    if not len(packets.rows):
        return apart
    newest = _sort_out(columns, packets.rows, read)
    rows = packets.rows[newest]
    noted = Noted(columns, rows, packets.arrivals[newest] // SECOND, read.delays[newest])
    if noted.due.any():
        apart = _all_of(columns, packets.rows, noted.rows[noted.due])
        return _without(columns, packets, apart, horizon)
    noted.commit()
    _move(columns, packets.rows, read, horizon)
    _keep(columns, packets, read)
    return apart


def _without(columns: Columns, packets: Packets, apart: Flags, horizon: int) -> Flags:
    """Lay all but these: nothing has been laid so far."""
    rest = np.flatnonzero(~apart)
    apart[rest] = lay(columns, packets.of(rest), horizon)
    return apart


def _all_of(columns: Columns, rows: Rows, some: Rows) -> Flags:
    """Which of `rows` are among some."""
    marked = np.zeros(len(columns.start), np.bool_)
    marked[some] = True
    return marked[rows]


def _read(columns: Columns, packets: Packets, horizon: int) -> tuple[_Read, Flags]:
    """What they say, and which of them are in step."""
    rows, frame = packets.rows, columns.frame
    heads = _heads(packets)
    steps = ((heads["sequence"] - columns.number[rows] + 0x8000) & SEQUENCE_MASK) - 0x8000
    leads = ((heads["timestamp"] - columns.timestamp[rows] + 0x80000000) & TIMESTAMP_MASK) - 0x80000000
    numbers, places = columns.number[rows] + steps, columns.place[rows] + leads
    stand, frames = packets.arrivals - columns.start[rows], places // frame
    same = columns.in_step[rows] & (heads["flags"] == _PLAIN) & (packets.sizes == HEADER_SIZE + frame)
    same &= (heads["type"] & 0x7F == columns.payload_type[rows]) & (heads["ssrc"] == columns.ssrc[rows])
    same &= (leads == steps * frame) & (np.abs(steps) <= MAX_DROPOUT) & _in_turn(rows, packets.arrivals)
    repeated = same & (steps <= 0) & columns.seen[rows, numbers & WINDOW - 1]
    opened = np.maximum(np.maximum(columns.opened, columns.given)[rows], (stand - horizon) // frame)
    room = (frames >= opened) & (frames < columns.mixed[rows] + columns.slots) & (np.abs(places - stand) <= JUMP)
    return _Read(numbers, frames, stand, stand - places, repeated), same & (repeated | room)


def _heads(packets: Packets) -> dict[str, Any]:
    heads = packets.data[:, :HEADER_SIZE].view(f"V{HEADER_SIZE}")[:, 0][packets.at].view(_HEADER)
    # A datagram that is too short for one has what an earlier one had there, and fails by its size.
    return {name: heads[name].astype(np.int64) for name in _HEADER.names or ()}


def _in_turn(rows: Rows, arrivals: Ints) -> Flags:
    """Which did not come before the one ahead of them."""
    in_turn = np.ones(len(rows), np.bool_)
    in_turn[1:] = (np.diff(arrivals) >= 0) | (np.diff(rows) != 0)
    return in_turn


def _sort_out(columns: Columns, rows: Rows, read: _Read) -> Flags:
    """Which are ahead of all before them; those that came twice in this batch are marked as repeated."""
    keys = (rows << 40) + read.numbers
    known = (rows << 40) + columns.number[rows]
    highest = np.maximum.accumulate(np.maximum(keys, known))
    before = np.maximum(np.concatenate([known[:1], highest[:-1]]), known)
    newest: Flags = keys > before
    if not newest.all():
        order = np.argsort(keys, kind="stable")
        again = np.flatnonzero(np.diff(keys[order]) == 0) + 1
        read.repeated[order[again]] = True
    return newest


def _move(columns: Columns, rows: Rows, read: _Read, horizon: int) -> None:
    """Let each row go on to its newest packet, and count."""
    at, fresh = spans(rows), ~read.repeated
    each = rows[at]
    ahead = np.maximum(np.maximum.reduceat(read.numbers, at) - columns.number[each], 0)
    _forget(columns, rows, each, ahead, np.add.reduceat(fresh & (read.numbers > columns.number[rows]), at))
    columns.number[each] += ahead
    columns.place[each] += ahead * columns.frame
    columns.timestamp[each] = (columns.timestamp[each] + ahead * columns.frame) & TIMESTAMP_MASK
    columns.laid[each] += np.add.reduceat(fresh, at, dtype=np.int64)
    columns.repeated[each] += np.add.reduceat(read.repeated, at, dtype=np.int64)
    lowest = np.minimum.reduceat(np.where(fresh, read.numbers, _FAR), at)
    columns.lowest[each] = np.minimum(columns.lowest[each], lowest)
    late = np.maximum.reduceat(np.where(fresh, (read.stand - horizon) // columns.frame, 0), at)
    columns.opened[each] = np.maximum(columns.opened[each], late)


def _forget(columns: Columns, rows: Rows, each: Rows, ahead: Ints, came: Ints) -> None:
    """Where numbers were left out, their places in the window are those of much older ones: none of them has come."""
    holed = ahead > came
    if not holed.any():
        return
    each, ahead = each[holed], ahead[holed]
    offsets = np.arange(ahead.sum()) - np.repeat(np.cumsum(ahead) - ahead, ahead)
    numbers = np.repeat(columns.number[each] + 1, ahead) + offsets
    columns.seen[np.repeat(each, ahead), numbers & WINDOW - 1] = False


def _keep(columns: Columns, packets: Packets, read: _Read) -> None:
    """Put what has not come before into the ring."""
    fresh = slice(None) if not read.repeated.any() else np.flatnonzero(~read.repeated)
    rows, frame = packets.rows[fresh], columns.frame
    columns.seen[rows, read.numbers[fresh] & WINDOW - 1] = True
    laws, ring = columns.flat()
    slots = rows * columns.slots + (read.frames[fresh] & columns.slots - 1)
    laws[slots] = columns.payload_type[rows]
    payloads = packets.data[:, HEADER_SIZE : HEADER_SIZE + frame].view(f"V{frame}")[:, 0]
    ring[slots] = payloads[packets.at[fresh]]
