"""Counts of the packets that stand in one recording."""

from __future__ import annotations

from random import Random

import pytest

from phone_recorder.recording.account import StreamCounts
from phone_recorder.recording.placement import ByArrival
from phone_recorder.recording.tally import MAX_STREAMS, Tally
from phone_recorder.recording.timeline import Timeline
from tests.recording.streams import FRAME, MS, SECOND, rtp

HORIZON = SECOND


def counted(arrivals: list[tuple[int, int]], start: int, end: int, ticks: int) -> StreamCounts:
    """Packets of (number, arrival), counted from `start` to `end` by a tally that is told so only at those instants."""
    line = Timeline(FRAME, HORIZON, ByArrival(0), counted=False)
    tally = None
    for number, arrival in sorted(arrivals, key=lambda packet: packet[1]):
        if tally is None and arrival >= start:
            tally = line.tally(start)
        if tally is not None and arrival >= end:
            tally.end = end
        line.receive(arrival, rtp(number, number * FRAME, bytes(FRAME)))
        if number % ticks == 0:
            line.close(arrival)
    assert tally is not None
    return tally.counts


@pytest.mark.parametrize("ticks", [1, 7, 50])
def test_it_counts_the_frames_from_start_to_end(ticks: int) -> None:
    arrivals = [(n, n * FRAME) for n in range(500)]
    assert counted(arrivals, 100 * FRAME, 300 * FRAME, ticks) == StreamCounts(received=200)


def test_a_packet_that_comes_after_the_end_but_stands_before_it_counts_and_is_not_lost() -> None:
    arrivals = [(n, n * FRAME) for n in range(500)]
    arrivals[298] = (298, 298 * FRAME + 50 * MS)
    assert counted(arrivals, 100 * FRAME, 300 * FRAME, 1) == StreamCounts(received=200)


def test_what_is_lost_before_or_after_is_not_lost_here() -> None:
    lost = {50, 150, 151, 250, 350}
    arrivals = [(n, n * FRAME) for n in range(500) if n not in lost]
    assert counted(arrivals, 100 * FRAME, 300 * FRAME, 1) == StreamCounts(received=197, lost=3)


def test_a_copy_counts_while_the_recording_lasts() -> None:
    arrivals = [(n, n * FRAME) for n in range(500)] + [(n, n * FRAME + 5 * MS) for n in (98, 100, 299, 300)]
    assert counted(arrivals, 100 * FRAME, 300 * FRAME, 1) == StreamCounts(received=200, duplicate=2)


def test_it_counts_what_came_before_it_was_asked_for() -> None:
    line = Timeline(FRAME, HORIZON, ByArrival(0), counted=False)
    for number in range(20):
        line.receive(number * FRAME, rtp(number, number * FRAME, bytes(FRAME)))
    assert line.tally(18 * FRAME).counts == StreamCounts(received=2)


def test_two_recordings_at_once_each_have_their_own() -> None:
    line = Timeline(FRAME, HORIZON, ByArrival(0), counted=False)
    first, second = line.tally(0), line.tally(5 * FRAME)
    first.end = 5 * FRAME
    for number in range(20):
        line.receive(number * FRAME, rtp(number, number * FRAME, bytes(FRAME)))
    line.receive(20 * FRAME, b"no RTP")
    line.drop(first)
    line.receive(20 * FRAME, rtp(20, 20 * FRAME, bytes(FRAME)))
    assert (first.counts, second.counts) == (StreamCounts(received=5), StreamCounts(received=17, bad=1))


def test_a_flood_of_ssrcs_takes_no_memory_and_loses_no_count() -> None:
    tally, random = Tally(), Random(1)
    for number in range(1000):
        tally.note("laid", random.getrandbits(32), number)
        tally.note("laid", 5, 2 * number)
    assert tally.counts == StreamCounts(received=2000, lost=999, ssrc_changes=1000)
    assert len(tally._sequences) <= MAX_STREAMS
