"""Packets taken a run at a time: whatever the faults, the frames and the counts are those of one at a time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.media.mixing import Piece
from phone_recorder.recording.placement import ByArrival, BySender, Pace, Told
from phone_recorder.recording.timeline import Timeline
from phone_recorder.wire.payload import PCMU
from tests.recording.streams import FRAME, LATER, MS, SECOND, Sent, talk
from tests.recording.test_timeline_model import STEPS, Step, packets, sent


def in_runs(line: Timeline, datagrams: list[Sent]) -> int:
    """All of them, in runs as far as they go; how many went so."""
    at = taken = 0
    while at < len(datagrams):
        run = line.receive_run(datagrams, PCMU, at)
        if not run:
            line.receive(*datagrams[at])
        taken += run
        at += run or 1
    return taken


def one_by_one(line: Timeline, datagrams: list[Sent]) -> int:
    for datagram in datagrams:
        line.receive(*datagram)
    return 0


def kept(line: Timeline, datagrams: list[Sent], tick: int, runs: bool) -> tuple[list[Piece | None], int]:
    """What is given out of packets in order of arrival, asked at each tick; and how many were taken in runs."""
    frames: list[Piece | None] = []
    taken = 0
    last = max((datagram.arrival for datagram in datagrams), default=0)
    for now in range(0, last + LATER, tick):
        due = [datagram for datagram in datagrams if now - tick < datagram.arrival <= now]
        taken += (in_runs if runs else one_by_one)(line, due)
        if now > last and line.given and not line.done:
            line.stop(now)
        frames += line.close(now)
    return frames, taken


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    steps=st.lists(STEPS | st.just(Step([0])), max_size=60),
    size=st.sampled_from([80, 160, 240]),
    tick=st.sampled_from([20 * MS, 200 * MS, 137, 2 * SECOND]),
    first=st.sampled_from([(0, 0), (65530, (1 << 32) - 700), (32760, (1 << 31) - 700)]),
    horizon=st.sampled_from([60 * MS, SECOND]),
    pace=st.sampled_from([BySender, lambda horizon: ByArrival(0), lambda horizon: Told(0)]),
)
def test_the_frames_and_counts_are_those_of_one_at_a_time(
    steps: list[Step], size: int, tick: int, first: tuple[int, int], horizon: int, pace: type[BySender]
) -> None:
    def line() -> Timeline:
        made: Pace = pace(horizon)
        return Timeline(160, horizon, made)

    datagrams = sent(packets(steps, size, 0), *first)
    quick, slow = line(), line()
    frames, _ = kept(quick, datagrams, tick, runs=True)
    assert (frames, quick.counts) == (kept(slow, datagrams, tick, runs=False)[0], slow.counts)


@pytest.mark.parametrize("pace", [BySender(SECOND), Told(0)])
def test_an_undisturbed_stream_goes_in_runs_once_it_is_known_where_it_begins(pace: Pace) -> None:
    datagrams = talk("A" * 500, sequence=65500)
    line = Timeline(FRAME, SECOND, pace)
    _, taken = kept(line, datagrams, 200 * MS, runs=True)
    assert taken >= 440
    assert (line.counts.received, line.counts.lost) == (500, 0)


def test_after_a_loss_it_goes_in_runs_again() -> None:
    line = Timeline(FRAME, SECOND, BySender(SECOND))
    _, taken = kept(line, talk("A" * 200 + " " + "B" * 299), 200 * MS, runs=True)
    assert taken >= 370
    assert line.counts.lost == 1
