"""The pace of a record server: the sender's timestamps are the clock. The first packet stands a horizon from 0."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.recording.account import StreamCounts
from phone_recorder.recording.placement import BySender
from phone_recorder.recording.timeline import Timeline
from tests.recording.streams import FRAME, LATER, MS, SECOND, Sent, packet, picture, rtp, talk


def stored(sent: list[Sent], tick: int = 20 * MS, frame: int = FRAME) -> tuple[str, Timeline]:
    """What a server has of packets that come in order of arrival, asked at each tick, stopped after the last."""
    line = Timeline(frame, SECOND, BySender(SECOND))
    frames = []
    now = tick
    for arrival, data in sorted(sent, key=lambda item: item.arrival):
        while now <= arrival:
            frames += line.close(now)
            now += tick
        line.receive(arrival, data)
    line.stop(now)
    for instant in range(now, now + LATER, tick):
        frames += line.close(instant)
        if line.done:
            return picture(frames), line
    raise AssertionError("it is never done")


def later(sent: list[Sent], by: int) -> list[Sent]:
    return [item._replace(arrival=item.arrival + by) for item in sent]


@pytest.mark.parametrize("pause_s", [0.1, 1, 3, 10, 3600])
def test_a_pause_with_continuous_numbers_and_timestamps_leaves_no_gap(pause_s: float) -> None:
    pause = round(pause_s * SECOND)
    drawing, line = stored(talk("ABC") + later(talk("DEF", 3 * FRAME, 3, 3 * FRAME), pause), tick=SECOND // 10)
    assert drawing == "A B C D E F"
    assert line.counts == StreamCounts(received=6)


@pytest.mark.parametrize("silence_s", [0.1, 1, 3, 10])
def test_m5_dtx_leaves_silence_of_its_length(silence_s: float) -> None:
    silence = round(silence_s * SECOND)
    drawing, line = stored(talk("ABC") + talk("DEF", 3 * FRAME + silence, 3, 3 * FRAME + silence))
    assert drawing == "A B C " + ". " * (silence // FRAME) + "D E F"
    assert line.counts == StreamCounts(received=6)


@pytest.mark.parametrize("leap", [1 << 31, -(1 << 31) + 1, 13 * SECOND, -3 * SECOND, 1 << 29])
@pytest.mark.parametrize("pause_s", [0, 10])
def test_m6_a_leap_that_the_clock_does_not_agree_with_goes_on_where_the_audio_ended(leap: int, pause_s: int) -> None:
    after = later(talk("DEF", 3 * FRAME, 3, 3 * FRAME + leap), pause_s * SECOND)
    drawing, line = stored(talk("ABC") + after)
    assert drawing == "A B C D E F"
    assert line.counts == StreamCounts(received=6, jumps=1)


@pytest.mark.parametrize(
    ("leap", "silence", "gap", "jumps"),
    [
        (5 * SECOND, 3 * SECOND, 5 * SECOND, 0),
        (5 * SECOND, 3 * SECOND - 1, 0, 1),
        (SECOND, 60 * SECOND, SECOND, 0),
        (2 * SECOND, 0, 2 * SECOND, 0),
        (2 * SECOND + 1, 0, 0, 1),
    ],
)
def test_a_leap_may_differ_from_the_clock_by_two_seconds(leap: int, silence: int, gap: int, jumps: int) -> None:
    # The clock counts from when the last packet came; the next would have come a frame later.
    last = packet("B", 1, FRAME, FRAME)
    drawing, line = stored([packet("A", 0, 0, 0), last, packet("C", 2, 2 * FRAME + leap, FRAME + silence)])
    assert drawing == "A B " + ". " * (gap // FRAME) + "C"
    assert line.counts.jumps == jumps


def test_a_leap_in_the_middle_of_a_frame_loses_nothing() -> None:
    sent = talk("ABC", size=80) + talk("DEF", 240, 3, 1 << 31, size=80)
    assert stored(sent)[0] == "AB CD EF"


def test_an_old_number_with_a_wild_timestamp_makes_no_giant_gap() -> None:
    drawing, line = stored([*talk("AB DEF"), packet("X", 2, 1 << 30, 4 * FRAME)])
    assert drawing == "A B . D E F"
    assert line.counts == StreamCounts(received=6, late=1)


def test_m7_packets_that_overtook_the_first_are_kept() -> None:
    sent = talk("ABCDEF")
    order = [sent[2], sent[0], sent[1], sent[4], sent[3], sent[5]]
    drawing, line = stored([item._replace(arrival=i) for i, item in enumerate(order)])
    assert drawing == "A B C D E F"
    assert line.counts == StreamCounts(received=6)


@pytest.mark.parametrize(("late", "drawing"), [(SECOND - 1, "A B C"), (SECOND, "B C")])
def test_the_recording_begins_with_what_came_within_a_horizon_of_the_first(late: int, drawing: str) -> None:
    sent = [packet("B", 1, FRAME, 0), packet("A", 0, 0, late), packet("C", 2, 2 * FRAME, late)]
    assert stored(sent)[0] == drawing


@pytest.mark.parametrize("back", [SECOND, SECOND + 80, 15_000])
def test_nothing_is_laid_before_the_lead_and_no_silence_either(back: int) -> None:
    drawing, _ = stored([packet("B", 1, back, 0), packet("A", 0, 0, 1), *later(talk("CD", 0, 2, back + FRAME), FRAME)])
    expected = {SECOND: "A " + ". " * 49 + "B C D", SECOND + 80: "A_ " + ". " * 49 + "B C D", 15_000: "B C D"}
    assert drawing == expected[back]


def test_loss_at_the_very_start_and_the_very_end_is_not_known_and_leaves_nothing() -> None:
    drawing, line = stored(talk("  CDE  "))
    assert drawing == "C D E"
    assert line.counts == StreamCounts(received=3)


def test_loss_in_between_is_a_gap_after_the_horizon() -> None:
    drawing, line = stored(talk("AB  EF"))
    assert drawing == "A B . . E F"
    assert line.counts == StreamCounts(received=4, lost=2)


def test_what_is_missing_is_waited_for_while_nothing_comes_too() -> None:
    line = Timeline(FRAME, SECOND, BySender(100))
    for item in talk("A C"):
        line.receive(*item)
    # C came at 320 and ends at a lead and 480; what is missing ends a frame before.
    assert [picture(line.close(now)) for now in (7 * SECOND // 8, 320 - FRAME + SECOND - 1)] == ["A", ""]
    assert picture(line.close(320 - FRAME + SECOND)) == ". C"


def test_a_missing_packet_that_comes_after_its_horizon_is_late_whatever_the_ticks() -> None:
    sent = [*talk("A C"), *later(talk("D", 0, 3, 3 * FRAME), 1500 * MS), packet("B", 1, FRAME, 1600 * MS)]
    for tick in (20 * MS, 7 * SECOND):
        drawing, line = stored(sent, tick)
        assert (drawing, line.counts) == ("A . C D", StreamCounts(received=4, late=1))


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    delays=st.lists(st.one_of(st.none(), st.integers(0, 400)), min_size=1, max_size=40),
    tick=st.sampled_from([20 * MS, 77, SECOND, LATER // 2]),
    frame=st.sampled_from([160, 480]),
)
def test_m17_loss_reordering_and_lateness_give_each_packet_its_place(
    delays: list[int | None], tick: int, frame: int
) -> None:
    came = [(n, delay) for n, delay in enumerate(delays) if delay is not None]
    sent = [Sent(n * frame + delay * MS, rtp(65500 + n, n * frame - 900, bytes([65 + n]) * frame)) for n, delay in came]
    drawing, line = stored(sent, tick, frame)
    known = range(came[0][0], came[-1][0] + 1) if came else []
    assert drawing == " ".join("." if delays[n] is None else chr(65 + n) for n in known)
    assert line.counts == StreamCounts(received=len(came), lost=len(known) - len(came))


def test_nothing_ever_came_and_it_is_done() -> None:
    line = Timeline(FRAME, SECOND, BySender(SECOND))
    line.stop(100)
    assert line.done
    assert line.close(10 * SECOND) == []


def test_one_packet_is_a_recording() -> None:
    assert stored(talk("A"))[0] == "A"


def test_a_last_packet_that_is_no_whole_frame_is_not_kept() -> None:
    assert stored([*talk("AB"), packet("C", 2, 320, 320, size=100)])[0] == "A B"


@pytest.mark.parametrize("frame", [80, 160, 240, 320, 480])
def test_frames_of_any_length_begin_where_the_first_packet_does(frame: int) -> None:
    assert stored(talk("ABCD", size=frame), frame=frame)[0] == "A B C D"


def test_a_sender_of_another_speed_is_not_corrected() -> None:
    sent = [item._replace(arrival=item.arrival * 9 // 10) for item in talk("ABCDEFGHIJ" * 100)]
    drawing, line = stored(sent)
    assert drawing == " ".join("ABCDEFGHIJ" * 100)
    assert line.counts == StreamCounts(received=1000)


def test_leaps_together_are_no_longer_than_the_time_since_the_first_packet() -> None:
    """Each is under two seconds, which alone would pass; nobody's disk must fill with that."""
    line = Timeline(FRAME, SECOND, BySender(SECOND))
    for number in range(200):
        line.receive(number * FRAME, rtp(number, number * 15_900, bytes(FRAME)))
    line.stop(200 * FRAME)
    frames = 0
    for now in range(200 * FRAME, 200 * FRAME + 400 * SECOND, SECOND):
        frames += len(line.close(now))
    assert frames * FRAME <= 200 * FRAME + 3 * SECOND
