"""The legs of many calls: arrays while a stream is in step, its own timeline while it is not."""

from __future__ import annotations

from collections import deque

import numpy as np

from phone_recorder.bulk.anchoring import anchor, anchor_of, counts_of
from phone_recorder.bulk.columns import NO_LAW, Columns, Ints, Rows, spans
from phone_recorder.bulk.placing import Packets, lay
from phone_recorder.bulk.runs import lay_runs
from phone_recorder.media.mixing import Piece
from phone_recorder.recording.account import StreamCounts
from phone_recorder.recording.in_step import InStep, SteppingTimeline, Went
from phone_recorder.recording.placement import EVER, ByArrival
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.payload import BY_PAYLOAD_TYPE

AHEAD = 3 * SECOND // 2
"""What the slots hold beyond the horizon: a tick, a stall of ours, what came early."""
_TURNS = 3
"""How often in a batch a stream is tried again, its first packets having gone to its timeline."""
_LOOK = 16
"""Frames that are looked at together when it is told how many are whole."""

Hole = tuple[tuple[int, int], ...]


class Legs:
    """`rows` of them, each begun and ended by its number. `frame` and `horizon` are units."""

    def __init__(self, rows: int, frame: int, horizon: int) -> None:
        self.columns = Columns(rows, frame, slots_for(frame, horizon))
        self.holes: dict[int, dict[int, Hole]] = {}
        """By row, by frame: what never came of a frame in the ring, of a codec that must know."""
        self._horizon = horizon
        self._timelines: dict[int, SteppingTimeline] = {}  # of those that have ever been apart
        self._apart: set[int] = set()  # those whose timeline knows all
        self._waiting: dict[int, deque[Piece | None]] = {}  # given out by a timeline, and no room in the ring yet

    def begin(self, row: int, start: int) -> None:
        """A new leg, which begins at this instant."""
        self.columns.clear(row, start)

    def stop(self, row: int, now: int) -> int:
        """End with the last frame that is whole by now: how many there are."""
        columns = self.columns
        if row in self._apart:
            return self._timelines[row].stop(now) // columns.frame
        columns.until[row] = (now - columns.start[row]) // columns.frame
        return int(columns.until[row])

    def end(self, row: int) -> StreamCounts:
        """Let go of a leg: what has come of it."""
        self.holes.pop(row, None)
        if row not in self._timelines:
            counts = counts_of(self.columns, row)
            self.columns.in_step[row] = self.columns.silent[row] = False
            return counts
        counts = self._timeline(row).counts
        self._apart.remove(row)
        del self._timelines[row], self._waiting[row]
        return counts

    def receive(self, packets: Packets) -> None:
        """Packets of a tick, of legs that have begun."""
        if self.columns.silent[packets.rows].any():
            packets = packets.of(anchor(self.columns, packets, self._horizon))
        packets = packets.of(lay_runs(self.columns, packets, self._horizon))
        for _ in range(_TURNS):
            if not len(packets.rows):
                return
            packets = packets.of(lay(self.columns, packets, self._horizon))
            # A stream that changes is in step after a packet or two: no more of it has to be taken one by one.
            first = np.zeros(len(packets.rows), np.bool_)
            first[spans(packets.rows)] = True
            self._receive_apart(packets.of(first))
            packets = packets.of(~first)
        self._receive_apart(packets)

    def _receive_apart(self, packets: Packets) -> None:
        arrivals, sizes, rows = packets.arrivals.tolist(), packets.sizes.tolist(), packets.rows.tolist()
        for number, (row, at) in enumerate(zip(rows, packets.at.tolist(), strict=True)):
            self._timeline(row).receive(arrivals[number], packets.data[at, : sizes[number]].tobytes())
        for row in dict.fromkeys(rows):
            self._try_hand_over(row)

    def close(self, now: int) -> None:
        """Give out what can be: `columns.given` tells of how many frames; until they are mixed they are in the ring."""
        for row in tuple(self._apart):
            self._close_apart(row, now)
        rows = np.flatnonzero(self.columns.in_step | self.columns.silent)
        if len(rows):
            self._close_rows(rows, now)

    def _close_apart(self, row: int, now: int) -> None:
        waiting, columns = self._waiting[row], self.columns
        waiting += self._timelines[row].close(now)
        given = int(columns.given[row])
        ready = min(len(waiting), int(columns.mixed[row]) + columns.slots - given)
        for index in range(given, given + ready):
            # Where nothing came the slot is as it was left when it was mixed.
            if piece := waiting.popleft():
                self._put(row, index, piece)
        columns.given[row] = given + ready
        self._try_hand_over(row)

    def _try_hand_over(self, row: int) -> None:
        columns = self.columns
        state = None if self._waiting[row] else self._timelines[row].in_step()
        if state and all(index < columns.mixed[row] + columns.slots for index in state.frames):
            self._hand_over(row, state)

    def _put(self, row: int, index: int, piece: Piece) -> None:
        """A frame into the ring."""
        slot = index & self.columns.slots - 1
        self.columns.law[row, slot] = piece.codec.payload_type
        self.columns.ring[row, slot] = np.frombuffer(piece.payload, np.uint8)
        if piece.holes:
            self.holes.setdefault(row, {})[index] = piece.holes

    def _close_rows(self, rows: Rows, now: int) -> None:
        columns = self.columns
        stand = now - columns.start[rows]
        opened = np.maximum(columns.opened[rows], (stand - self._horizon) // columns.frame)
        columns.opened[rows] = opened
        given = columns.given[rows]
        end = np.minimum(np.minimum(stand // columns.frame, columns.until[rows]), columns.mixed[rows] + columns.slots)
        columns.given[rows] = self._whole(rows, np.maximum(given, np.minimum(opened, end)), end)

    def _whole(self, rows: Rows, given: Ints, end: Ints) -> Ints:
        """From `given` on, up to `end`: before which frame all have come."""
        columns, looking = self.columns, np.flatnonzero(given < end)
        while len(looking):
            frames = given[looking, None] + np.arange(_LOOK)
            come = columns.law[rows[looking, None], frames & columns.slots - 1] != NO_LAW
            come &= frames < end[looking, None]
            run = np.where(come.all(axis=1), _LOOK, come.argmin(axis=1))
            given[looking] += run
            looking = looking[run == _LOOK]
        return given

    def _timeline(self, row: int) -> SteppingTimeline:
        """That of a leg, which is a row of arrays no more."""
        if row not in self._apart:
            self._timelines[row] = self._brought_up(row)
            self._waiting[row] = deque()
            self._apart.add(row)
            self.columns.in_step[row] = self.columns.silent[row] = False
        return self._timelines[row]

    def _brought_up(self, row: int) -> SteppingTimeline:
        """Its timeline, which knows what its row knows."""
        columns, timeline = self.columns, self._timelines.get(row)
        begun = timeline or SteppingTimeline(columns.frame, self._horizon, ByArrival(int(columns.start[row])))
        if columns.silent[row]:
            begun.skip(int(columns.given[row]), int(columns.opened[row]))
        else:
            if not timeline:
                begun.receive(*anchor_of(columns, row))
            begun.go_on(self._take_back(row))
        if columns.until[row] != EVER:
            # Within the frame that is not whole any more, nothing hangs on when it was.
            begun.stop(int(columns.start[row] + columns.until[row] * columns.frame))
        return begun

    def _take_back(self, row: int) -> Went:
        columns = self.columns
        number, given = int(columns.number[row]), int(columns.given[row])
        now = InStep(
            int(columns.ssrc[row]),
            BY_PAYLOAD_TYPE[int(columns.payload_type[row])],
            number & 0xFFFF,
            int(columns.timestamp[row]),
            int(columns.place[row]),
            columns.known(row),
            given,
            int(columns.opened[row]),
            self._take_frames(row, given),
            columns.delays(row),
        )
        ahead = number - int(columns.since[row])
        laid, late, repeated = (int(column[row]) for column in (columns.laid, columns.late, columns.repeated))
        return Went(now, laid, late, repeated, ahead, number - int(columns.lowest[row]))

    def _take_frames(self, row: int, given: int) -> dict[int, Piece]:
        """Those that have come and are not given out: their slots are free then."""
        columns = self.columns
        frames = np.arange(given, columns.mixed[row] + columns.slots)
        slots = frames & columns.slots - 1
        come = columns.law[row, slots] != NO_LAW
        pieces = {}
        for index, slot in zip(frames[come].tolist(), slots[come].tolist(), strict=True):
            codec = BY_PAYLOAD_TYPE[int(columns.law[row, slot])]
            pieces[index] = Piece(codec, columns.ring[row, slot].tobytes())
        columns.law[row, slots] = NO_LAW
        return pieces

    def _hand_over(self, row: int, state: InStep) -> None:
        columns = self.columns
        columns.ssrc[row], columns.payload_type[row] = state.ssrc, state.codec.payload_type
        columns.timestamp[row], columns.place[row] = state.timestamp, state.place
        columns.opened[row] = state.opened
        columns.fall_in(row, state.number)
        columns.set_known(row, state.seen)
        columns.set_delays(row, state.delays)
        for index, piece in state.frames.items():
            self._put(row, index, piece)
        self._apart.remove(row)
        del self._waiting[row]


def slots_for(frame: int, horizon: int) -> int:
    """Frames that are kept of each leg: a power of two."""
    return 1 << (-(-(horizon + AHEAD) // frame) - 1).bit_length()
