"""A leg that is let go before its end, as when a drive fails: what has come is counted, and nothing is left over."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from phone_recorder.bulk.legs import Legs
from phone_recorder.bulk.mixed_frames import LEGS, FrameMixer, Gap
from phone_recorder.bulk.packets import Packets
from phone_recorder.recording.account import StreamCounts
from phone_recorder.recording.in_step import SteppingTimeline
from phone_recorder.recording.placement import ByArrival
from phone_recorder.wire.payload import PCMU
from tests.bulk.traffic import FRAME, MS, SECOND, Arrived, leg

BEGIN = 1000
TICK = 200 * MS
WIDTH = 400
CALL = np.array([0])

Steps = list[tuple[str, int]]


class Came(NamedTuple):
    """What has come of a call."""

    mixed: bytes
    gaps: list[Gap]
    counts: list[StreamCounts]


class Rig:
    """Legs of one call at a time, whose frames are mixed."""

    def __init__(self) -> None:
        self.legs = Legs(LEGS, FRAME, SECOND)
        self._mixer = FrameMixer(self.legs, PCMU)
        self.mixed = b""
        self.gaps: list[Gap] = []

    def call(self, begin: int, legs: list[list[Arrived]], mixes: bool = True) -> int:
        """A call of which all comes that there is; its last tick, an instant."""
        self.mixed, self.gaps = b"", []
        self._mixer.begin(0)
        for row in range(LEGS):
            self.legs.begin(row, begin)
        for now in ticks(begin, legs):
            self.legs.receive(packets(legs, now))
            self.legs.close(now)
            if mixes:
                self.mix()
        return now

    def mix(self) -> None:
        """What is given out."""
        found = self._mixer.take(CALL, self.legs.columns.slots)
        self.mixed += found.payloads.tobytes()
        self.gaps += found.gaps

    def end(self) -> Came:
        """Let go of both legs."""
        counts = [self.legs.end(row) for row in range(LEGS)]
        return Came(self.mixed, self.gaps, counts)

    @property
    def state(self) -> str:
        """Of the near leg."""
        columns = self.legs.columns
        return "silent" if columns.silent[0] else "in step" if columns.in_step[0] else "apart"


def ticks(begin: int, legs: list[list[Arrived]]) -> range:
    """Of the call, the last of them when all has come."""
    last = max(one.arrival for sent in legs for one in sent)
    return range(begin + TICK, last + TICK, TICK)


def packets(legs: list[list[Arrived]], now: int) -> Packets:
    """Those of the tick that is now."""
    came = [(row, one) for row, sent in enumerate(legs) for one in between(sent, now)]
    data = np.zeros((len(came), WIDTH), np.uint8)
    for at, (_, one) in enumerate(came):
        data[at, : len(one.data)] = np.frombuffer(one.data, np.uint8)
    rows = np.array([row for row, _ in came], np.int64)
    arrivals = np.array([one.arrival for _, one in came], np.int64)
    sizes = np.array([len(one.data) for _, one in came], np.int64)
    return Packets(rows, arrivals, sizes, np.arange(len(came)), data)


def between(sent: list[Arrived], now: int) -> list[Arrived]:
    return [one for one in sent if now - TICK < one.arrival <= now]


def counted(begin: int, legs: list[list[Arrived]]) -> list[StreamCounts]:
    """By the timelines of a lone recorder, which are let go at the same instant."""
    lines = [SteppingTimeline(FRAME, SECOND, ByArrival(begin)) for _ in legs]
    for now in ticks(begin, legs):
        for line, sent in zip(lines, legs, strict=True):
            for one in between(sent, now):
                line.receive(*one)
            line.close(now)
    return [line.counts for line in lines]


STATES: dict[str, tuple[str, Steps]] = {
    "never heard": ("silent", []),
    "in step": ("in step", [("run", 60), ("lose", 60), ("repeat", 60)]),
    "apart": ("apart", [("run", 60), ("cut", 30), ("lose", 90)]),
    "apart from its first packet on": ("apart", [("cut", 180)]),
    "in step again": ("in step", [("run", 60), ("ssrc", 60), ("lose", 60)]),
}
OTHER = leg([("run", 180)], 4, BEGIN)
NEXT: Steps = [("overtaken", 9), ("swap", 60), ("lose", 30), ("repeat", 30)]


@pytest.mark.parametrize("name", STATES)
def test_a_leg_that_is_let_go_is_counted_and_leaves_nothing_to_the_next_call(name: str) -> None:
    state, steps = STATES[name]
    rig, first = Rig(), [leg(steps, 3, BEGIN), OTHER]
    over = rig.call(BEGIN, first)
    assert rig.state == state
    assert rig.end().counts == counted(BEGIN, first)
    assert not (rig.legs.columns.in_step | rig.legs.columns.silent).any()
    assert next_call(rig, over) == next_call(Rig(), over)


@pytest.mark.parametrize("name", STATES)
def test_one_whose_ring_is_full_leaves_none_of_its_frames(name: str) -> None:
    rig, first = Rig(), [leg(STATES[name][1], 3, BEGIN), OTHER]
    over = rig.call(BEGIN, first, mixes=False)
    columns = rig.legs.columns
    assert columns.given[1] == columns.slots < len(OTHER)
    assert rig.end().counts == counted(BEGIN, first)
    assert next_call(rig, over) == next_call(Rig(), over)


def test_one_whose_frames_had_holes_leaves_none_of_these() -> None:
    rig = Rig()
    odd = leg([("g722", 1), ("cut", 30), ("lose", 90)], 3, BEGIN)
    over = rig.call(BEGIN, [odd, OTHER], mixes=False)
    assert rig.legs.holes
    rig.end()
    whole = [leg([("g722", 150)], 3, over), leg([("run", 150)], 4, over)]
    fresh = Rig()
    for one in (rig, fresh):
        one.call(over, whole)
    assert rig.end() == fresh.end()


def next_call(rig: Rig, begin: int) -> Came:
    """A call whose SSRCs and numbers are those of the first."""
    rig.call(begin, [leg(NEXT, 3, begin), leg([("run", 9), ("pause", 60)], 4, begin)])
    came = rig.end()
    assert len(came.mixed) > 60 * FRAME
    return came


@pytest.mark.parametrize("name", STATES)
def test_one_that_is_let_go_between_its_stop_and_its_end_does_not_stop_the_next(name: str) -> None:
    _, steps = STATES[name]
    rig = Rig()
    over = rig.call(BEGIN, [leg(steps, 3, BEGIN), OTHER])
    ends = {rig.legs.stop(row, over) for row in range(LEGS)}
    assert ends == {(over - BEGIN) // FRAME}
    rig.end()
    assert next_call(rig, over) == next_call(Rig(), over)
