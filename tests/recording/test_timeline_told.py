"""The pace of the phone's own mix: the sender has told its anchor, and shares our clock and our stalls."""

from __future__ import annotations

import pytest

from phone_recorder.recording.account import StreamCounts
from phone_recorder.recording.placement import Told
from phone_recorder.recording.timeline import Timeline
from tests.recording.streams import FRAME, MS, SECOND, Sent, packet, picture, rtp, run, talk

SSRC = 7


def told(horizon: int = 2 * SECOND, timestamp: int = 0, start: int = 0) -> Timeline:
    line = Timeline(FRAME, horizon, Told(start))
    line.expect(SSRC, timestamp, 0)
    return line


@pytest.mark.parametrize("late_ms", [0, 20, 999, 1000, 1999])
def test_a_mix_that_always_comes_late_stands_where_it_was_told(late_ms: int) -> None:
    """One leg is silent for minutes: each frame of the mix comes when the horizon of the mixer has passed."""
    line = told()
    sent = [Sent(s.arrival + FRAME + late_ms * MS, s.data) for s in talk("AB" * 5000, ssrc=SSRC)]
    assert picture(run(line, sent, 10_000 * FRAME)) == " ".join("AB" * 5000)
    assert line.counts == StreamCounts(received=10_000)


@pytest.mark.parametrize("timestamp", [0, (1 << 32) - 80, (1 << 31) - 240])
def test_the_anchor_is_what_was_told_and_not_the_first_arrival(timestamp: int) -> None:
    line = told(timestamp=timestamp)
    sent = talk("CD", 300 * MS, 0, timestamp + 2 * FRAME, ssrc=SSRC)
    assert picture(run(line, sent, 4 * FRAME)) == ". . C D"


@pytest.mark.parametrize("stall_s", [1, 3, 60])
def test_m9_a_stall_of_the_process_stalls_the_mixer_too_and_loses_nothing(stall_s: int) -> None:
    line = told(horizon=120 * MS)
    sent = talk("A" * 3500, ssrc=SSRC)
    frames = line.close(0)
    for item in sent[:50]:
        line.receive(*item)
    frames += line.close(SECOND)
    # The mixer wakes with us, and gives all at once.
    now = (1 + stall_s) * SECOND
    for item in sent[50 : 50 + stall_s * 50]:
        line.receive(now, item.data)
    frames += line.close(now)
    assert picture(frames).split() == ["A"] * (50 + stall_s * 50)
    assert line.counts == StreamCounts(received=50 + stall_s * 50)


def test_what_never_came_is_a_gap_after_the_horizon_and_then_late() -> None:
    line = told()
    line.receive(0, talk("A", ssrc=SSRC)[0].data)
    assert picture(line.close(2 * FRAME + 2 * SECOND - 1)) == "A"
    assert picture(line.close(2 * FRAME + 2 * SECOND)) == "."
    line.receive(2 * FRAME + 2 * SECOND, rtp(1, FRAME, b"B" * FRAME, SSRC))
    assert line.counts == StreamCounts(received=2, late=1)


def test_what_the_mixer_gave_before_the_start_or_gives_after_the_end_is_not_counted() -> None:
    """Another recording of the same call may still be running, or begin, at the seam."""
    line = told(start=10 * FRAME, timestamp=10 * FRAME)
    sent = talk("ABCDEFGHIJKLMNOP", ssrc=SSRC)
    for item in sent[:13]:
        line.receive(*item)
    line.stop(13 * FRAME)
    for item in sent[13:]:
        line.receive(*item)
    assert picture(line.close(20 * FRAME)) == "K L M"
    assert line.counts == StreamCounts(received=3)
    assert line.done


def test_it_is_not_done_before_its_last_frame_was_given_out() -> None:
    line = told()
    assert not line.done
    line.receive(0, talk("A", ssrc=SSRC)[0].data)
    assert line.stop(2 * FRAME + 7) == 2 * FRAME
    assert picture(line.close(3 * FRAME)) == "A"
    assert not line.done
    line.receive(3 * FRAME, rtp(1, FRAME, b"B" * FRAME, SSRC))
    assert picture(line.close(4 * FRAME)) == "B"
    assert line.done


@pytest.mark.parametrize("now", [0, 1, FRAME - 1])
def test_stopped_before_its_first_frame_it_is_done(now: int) -> None:
    line = told()
    assert line.stop(now) == 0
    assert line.done
    assert line.close(10 * SECOND) == []


def test_another_ssrc_counts_as_a_change() -> None:
    line = told()
    for item in [*talk("A", ssrc=SSRC), packet("B", 0, 0, FRAME, ssrc=9)]:
        line.receive(*item)
    assert line.counts == StreamCounts(received=2, ssrc_changes=1)
