"""Where a leg's packets stand, by when they were sent: docs/timeline.md, rules 1, 4 and 5, written down anew.

It shares nothing with recording/placement.py, which is held against it. A packet stands where its timestamp puts it,
from the first of its count on, which stands at its instant, or where a frame of the recording begins. A count begins
with each SSRC, with packets that are sent 2 s off, and with those that are too late for the recorder's horizon for half
a second. A clock that goes slowly wrong is followed once it is off by 20 ms, to the unit; what is off at once, since
its sender stood still, is put right frame by frame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from phone_recorder.recording.units import SECOND, from_ms

JUMP = 2 * SECOND
DRIFT = from_ms(20)
"""A clock that is off by less is left alone: jitter looks the same."""
_STUCK = SECOND // 2
_BLOCK = 2 * SECOND
_STEP = from_ms(2)  # in a block: more is a step, not drift
_LAST_S = 10
_NORMAL_S = 2
_AHEAD = from_ms(250)
_FRAME = from_ms(20)
_MOVED = _FRAME * 3 // 4
_PATIENCE = 2 * SECOND
_NEVER = np.iinfo(np.int64).max

Numbers = NDArray[np.int64]
Quiet = Callable[[int], bool]
"""Whether a packet, by its number, has nothing in it that is heard."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The frames of a recording: one begins at `origin`, and all are `frame` long. Without one it is every unit."""

    origin: int = 0
    frame: int = 1

    def stand(self, instant: int, end: int | None) -> int:
        """Where a count begins that is sent at this instant: where the packet before it ended, if that is near."""
        if end is not None and abs(end - instant) <= self.frame:
            return end
        return instant - (instant - self.origin) % self.frame


UNITS = Grid()


def by_timestamps(instants: Numbers, timestamps: Numbers, horizon: int) -> Numbers:
    """The places of one SSRC's packets, in the order in which they were sent, by its own clock."""
    steps = np.diff(timestamps)
    counted = np.concatenate(([0], np.cumsum((steps + 0x80000000) % 0x100000000 - 0x80000000)))
    places: Numbers = counted + instants[0]
    while (wrong := np.flatnonzero(_astray(instants, instants - places, horizon))).size:
        begin = int(wrong[0])
        places[begin:] += instants[begin] - places[begin]
    return places


def anchors(timestamps: Numbers, places: Numbers) -> list[int]:
    """The numbers of the packets with which a count of one SSRC begins; `places` are those of by_timestamps."""
    off = np.diff(places) - ((np.diff(timestamps) + 0x80000000) % 0x100000000 - 0x80000000)
    return [0, *(np.flatnonzero(off) + 1).tolist()]


def drift(instants: Numbers, places: Numbers) -> Numbers:
    """How far each packet has moved from its timestamp by the sender's clock alone, to the unit."""
    moved = np.zeros(len(places), np.int64)
    # What begins a new count is as far from the packet before it as nothing else is.
    for begin, end in _counts(instants - places):
        moved[begin:end] = _drift_of_one(instants[begin:end], places[begin:end])
    return moved


def corrections(instants: Numbers, places: Numbers, quiet: Quiet) -> Numbers:
    """How far the packets of each count are moved, a frame at a time, towards the delay with which it began."""
    moved = np.zeros(len(places), np.int64)
    delays = instants - places
    # A count that begins anew stands at its instant.
    anchors = np.flatnonzero((np.abs(np.diff(delays)) > DRIFT) & (delays[1:] == 0)) + 1
    for begin, end in pairwise([0, *anchors.tolist(), len(places)]):
        if _may_move(instants[begin:end], delays[begin:end]):
            moved[begin:end] = list(_moves(instants, delays, quiet, range(begin, end)))
    return moved


def _astray(instants: Numbers, delays: Numbers, horizon: int) -> NDArray[np.bool_]:
    """Which packets are sent so late, or so early, that their timestamps mean another time."""
    # Late is what comes when its frame has been over for so long.
    late = delays - _usual(instants, delays) >= horizon + _FRAME
    past = np.searchsorted(instants, instants + _STUCK)
    in_time = np.concatenate(([0], np.cumsum(~late)))
    stuck = late & (past < len(instants)) & (in_time[past] == in_time[:-1])
    astray: NDArray[np.bool_] = (np.abs(delays) > JUMP) | stuck
    return astray


def _usual(instants: Numbers, delays: Numbers) -> Numbers:
    """The least delay of the ten seconds before that of each packet; of its own in the first one."""
    seconds, least = _each_second(instants, delays)
    before = np.concatenate((np.full(_LAST_S - 1, _NEVER), least[:1], least[:-1]))
    usual = np.lib.stride_tricks.sliding_window_view(before, _LAST_S).min(axis=1)
    numbers: Numbers = usual[seconds]
    return numbers


def _each_second(instants: Numbers, delays: Numbers) -> tuple[Numbers, Numbers]:
    """The number of each packet's second, of those that have packets, and the least delay in each of them."""
    starts = np.concatenate(([True], np.diff(instants // SECOND) != 0))
    least: Numbers = np.minimum.reduceat(delays, np.flatnonzero(starts))
    return np.cumsum(starts) - 1, least


def _counts(delays: Numbers) -> Iterator[tuple[int, int]]:
    starts = np.flatnonzero(np.abs(np.diff(delays)) > DRIFT) + 1
    return pairwise([0, *starts.tolist(), len(delays)])


def _drift_of_one(instants: Numbers, places: Numbers) -> Numbers:
    starts = np.concatenate(([0], np.flatnonzero(np.diff(instants // _BLOCK)) + 1))
    least = np.minimum.reduceat(instants - places, starts)
    moves = np.diff(least)
    moved = np.concatenate(([0], np.cumsum(np.where(np.abs(moves) > _STEP, 0, moves))))
    if np.ptp(moved) < DRIFT:
        return np.zeros(len(instants), np.int64)
    followed: Numbers = np.rint(np.interp(instants, instants[starts], moved)).astype(np.int64)
    return followed


def _may_move(instants: Numbers, delays: Numbers) -> bool:
    _, least = _each_second(instants, delays)
    if len(least) <= _LAST_S:
        return False
    lasting = np.lib.stride_tricks.sliding_window_view(least, _LAST_S).min(axis=1)
    return bool((np.abs(lasting - _normal(least)) >= _MOVED).any())


def _normal(least: Numbers) -> int:
    return max(int(least[:_NORMAL_S].min()), -_AHEAD)


def _moves(instants: Numbers, delays: Numbers, quiet: Quiet, numbers: range) -> Iterator[int]:
    """Of each packet, how far it is moved: with a quiet one at once, else when a correction has waited for 2 s."""
    own = slice(numbers.start, numbers.stop)
    seconds, least = _each_second(instants[own], delays[own])
    normal, moved, due, now = _normal(least), 0, _NEVER, -1
    for number, second in zip(numbers, seconds.tolist(), strict=True):
        if second != now and second >= _LAST_S:
            off = int(least[second - _LAST_S : second].min()) - normal - moved
            due = min(due, int(instants[number]) + _PATIENCE) if abs(off) >= _MOVED else _NEVER
        now = second
        if due != _NEVER and (instants[number] >= due or quiet(number)):
            moved += _FRAME if off > 0 else -_FRAME
            off -= _FRAME if off > 0 else -_FRAME
            due = int(instants[number]) + _PATIENCE if abs(off) >= _MOVED else _NEVER
        yield moved
