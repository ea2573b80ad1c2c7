"""Packets of many streams at once, each laid where it stands (docs/timeline.md): loss, order and duplicates by numbers.

What a stream in step cannot have, a change of SSRC, a jump, a packet of another length, a shift that drift calls for,
is left to its timeline, with all that has come of that stream after it in the batch.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from phone_recorder.bulk.columns import WINDOW, Columns, Flags, Ints, Rows, spans
from phone_recorder.bulk.delays import Lateness, Noted
from phone_recorder.bulk.packets import Packets, headers
from phone_recorder.recording.placement import JUMP
from phone_recorder.recording.sequence import MAX_DROPOUT
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.rtp import SEQUENCE_MASK, TIMESTAMP_MASK

__all__ = ["Packets", "lay"]

_FAR = np.iinfo(np.int64).max


class _Read(NamedTuple):
    """What packets say: numbers, not wrapped; frames; where they stand by their arrival, and how much later that is.

    `late`: their frames take no more; `repeated`: they have come before.
    """

    numbers: Ints
    frames: Ints
    stand: Ints
    delays: Ints
    late: Flags
    repeated: Flags

    def of(self, which: Flags) -> _Read:
        """Some of them."""
        numbers, frames, stand, delays, late, repeated = self
        return _Read(numbers[which], frames[which], stand[which], delays[which], late[which], repeated[which])


def lay(columns: Columns, packets: Packets, horizon: int) -> Flags:
    """Lay what is in step; which of the packets are not laid: in each row from the first on that is not in step."""
    read, good = _read(columns, packets, horizon)
    left = _from_the_first(packets.rows, ~good)
    while True:
        some, told = (packets.of(~left), read.of(~left)) if left.any() else (packets, read)
        if not len(some.rows):
            return left
        newest = _sort_out(columns, some.rows, told)
        rows, arrivals = some.rows[newest], some.arrivals[newest]
        noted = Noted(columns, rows, arrivals // SECOND, told.delays[newest])
        lateness = Lateness(columns, rows, arrivals, told.late[newest])
        if not (noted.due.any() or lateness.stuck.any()):
            break
        # Nothing has been laid so far: begin again without them.
        apart = _all_of(columns, some.rows, noted.rows[noted.due])
        apart[np.flatnonzero(newest)[lateness.stuck]] = True
        left[np.flatnonzero(~left)[_from_the_first(some.rows, apart)]] = True
    noted.commit()
    lateness.commit()
    _move(columns, some.rows, told, horizon)
    _keep(columns, some, told)
    return left


def _from_the_first(rows: Rows, some: Flags) -> Flags:
    """Which of `rows` are among some, or come after one of these in the same row."""
    if not some.any():
        return some
    at, count = spans(rows), np.cumsum(some)
    before: Ints = count[at] - some[at]
    after: Flags = count > np.repeat(before, np.diff(at, append=len(rows)))
    return after


def _all_of(columns: Columns, rows: Rows, some: Rows) -> Flags:
    """Which of `rows` are among some."""
    marked = np.zeros(len(columns.start), np.bool_)
    marked[some] = True
    return marked[rows]


def _read(columns: Columns, packets: Packets, horizon: int) -> tuple[_Read, Flags]:
    """What they say, and which of them are in step."""
    rows, frame = packets.rows, columns.frame
    heads = headers(packets, frame)
    steps = ((heads.numbers - columns.number[rows] + 0x8000) & SEQUENCE_MASK) - 0x8000
    leads = ((heads.timestamps - columns.timestamp[rows] + 0x80000000) & TIMESTAMP_MASK) - 0x80000000
    numbers, places = columns.number[rows] + steps, columns.place[rows] + leads
    stand, frames = packets.arrivals - columns.start[rows], places // frame
    same = columns.in_step[rows] & heads.plain & _in_turn(rows, packets.arrivals)
    same &= (heads.types == columns.payload_type[rows]) & (heads.ssrcs == columns.ssrc[rows])
    same &= (leads == steps * frame) & (np.abs(steps) <= MAX_DROPOUT)
    repeated = same & (steps <= 0) & columns.seen[rows, numbers & WINDOW - 1]
    near = np.abs(places - stand) <= JUMP
    opened = np.maximum(np.maximum(columns.opened, columns.given)[rows], (stand - horizon) // frame)
    room = (frames >= opened) & (frames < columns.mixed[rows] + columns.slots) & near
    # What comes after the end is counted or not by rules of its own.
    same &= np.maximum(frames, stand // frame) < columns.until[rows]
    good, late = same & (repeated | room), np.zeros(len(rows), np.bool_)
    if not good.all():
        over = np.maximum(columns.opened[rows], (stand - horizon) // frame)
        # What is not the newest is late however old it is, and moves nothing.
        late = same & ~good & (frames < over) & (frames >= 0) & (near | (steps <= 0))
    return _Read(numbers, frames, stand, stand - places, late, repeated), good | late


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
        again = order[np.flatnonzero(np.diff(keys[order]) == 0) + 1]
        read.repeated[again], read.late[again] = True, False
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
    columns.laid[each] += np.add.reduceat(fresh & ~read.late, at, dtype=np.int64)
    columns.late[each] += np.add.reduceat(read.late, at, dtype=np.int64)
    columns.repeated[each] += np.add.reduceat(read.repeated, at, dtype=np.int64)
    lowest = np.minimum.reduceat(np.where(fresh, read.numbers, _FAR), at)
    columns.lowest[each] = np.minimum(columns.lowest[each], lowest)
    given_up = np.maximum.reduceat(np.where(fresh, (read.stand - horizon) // columns.frame, 0), at)
    columns.opened[each] = np.maximum(columns.opened[each], given_up)


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
    """Put what has not come before into the ring, unless it is too late."""
    fresh = _where(~read.repeated)
    columns.seen[packets.rows[fresh], read.numbers[fresh] & WINDOW - 1] = True
    laid = _where(~(read.repeated | read.late))
    columns.put(packets.rows[laid], read.frames[laid], packets.payloads(columns.frame, laid))


def _where(wanted: Flags) -> slice | Ints:
    """All of them as they are, or the places of some."""
    return slice(None) if wanted.all() else np.flatnonzero(wanted)
