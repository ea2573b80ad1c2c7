"""Anchors and paces by themselves; what they do to a stream is proved with the timeline."""

from __future__ import annotations

import pytest

from phone_recorder.recording.placement import STUCK, ByArrival, BySender, DelayWatch, Placement, Told
from tests.recording.streams import FRAME, MS, SECOND

WRAP = 1 << 32


@pytest.mark.parametrize("anchor", [0, 1, WRAP - 1, WRAP // 2, WRAP // 2 - 1])
@pytest.mark.parametrize("delta", [0, 1, -1, FRAME, -FRAME, WRAP // 2 - 1, -WRAP // 2])
def test_a_timestamp_stands_its_distance_from_the_anchor(anchor: int, delta: int) -> None:
    assert Placement(FRAME, anchor, 5000).at((anchor + delta) % WRAP) == 5000 + delta


def test_a_stream_may_last_longer_than_31_bits_when_it_advances() -> None:
    placement = Placement(FRAME, 0, 77)
    step = 1 << 30
    for number in range(1, 9):
        place = placement.at(number * step % WRAP)
        assert place == 77 + number * step
        placement.advance(number * step % WRAP, place)


def test_a_new_anchor_forgets_the_old() -> None:
    placement = Placement(FRAME, 0, 0)
    placement.stuck(0, late=True)
    placement.anchor(1000, 3 * FRAME + 5)
    assert placement.at(1000) == 3 * FRAME + 5
    assert not placement.stuck(SECOND, late=True)


@pytest.mark.parametrize(
    ("notes", "stuck"),
    [
        ([(0, True)], False),
        ([(0, True), (STUCK - 1, True)], False),
        ([(0, True), (STUCK, True)], True),
        ([(0, True), (100, False), (STUCK, True)], False),
        ([(0, True), (STUCK, False)], False),
        ([(0, False), (STUCK, True)], False),
    ],
)
def test_stuck_is_late_for_half_a_second_without_an_exception(notes: list[tuple[int, bool]], stuck: bool) -> None:
    placement = Placement(FRAME, 0, 0)
    assert [placement.stuck(*note) for note in notes][-1] == stuck


def watched(delays: list[int]) -> tuple[DelayWatch, list[bool]]:
    """A watch that was told the least delay of each second."""
    watch = DelayWatch(FRAME)
    return watch, [watch.note(second * SECOND, delay) for second, delay in enumerate(delays)]


def test_drift_is_called_for_once_ten_seconds_have_moved() -> None:
    watch, due = watched([50] * 10 + [170] * 12)
    assert due == [False] * 20 + [True, True]
    assert [watch.patient(20 * SECOND + later) for later in (0, 2 * SECOND - 1, 2 * SECOND)] == [True, True, False]
    assert watch.shift(21 * SECOND) == FRAME
    assert not watch.note(22 * SECOND, 170 - FRAME)


def test_drift_the_other_way_needs_one_second() -> None:
    watch, due = watched([50] * 10 + [-70] * 2)
    assert due == [False] * 11 + [True]
    assert watch.shift(11 * SECOND) == -FRAME


def test_drift_of_more_than_a_frame_calls_again_at_once_with_patience_anew() -> None:
    watch, _ = watched([0] * 10 + [-400] * 2)
    assert watch.shift(11 * SECOND + 7) == -FRAME
    assert watch.patient(13 * SECOND + 6)
    assert not watch.patient(13 * SECOND + 7)
    assert watch.shift(13 * SECOND + 7) == -FRAME
    assert not watch.note(13 * SECOND + 8, -80)


def test_a_second_counts_with_its_least_delay() -> None:
    watch = DelayWatch(FRAME)
    due = [
        watch.note(second * SECOND + part, delay)
        for second in range(25)
        for part, delay in ((0, 900), (10, 50 if second < 11 else 171), (20, 400))
    ]
    assert due.index(True) == 3 * 21


def test_a_stream_ahead_by_a_quarter_of_a_second_is_normal_and_by_more_is_not() -> None:
    assert watched([-250 * MS - 119] * 30)[1] == [False] * 30
    assert watched([-250 * MS - 120] * 30)[1] == [False] * 10 + [True] * 20


@pytest.mark.parametrize("after_s", [2, 5, 9, 15])
def test_a_leap_of_less_than_a_jump_is_no_normal_delay_however_early_it_comes(after_s: int) -> None:
    due = watched([0] * after_s + [-100 * MS] * 30)[1]
    assert due.index(True) == max(after_s + 1, 10)


def test_by_arrival_time_is_our_clock_from_the_start() -> None:
    pace = ByArrival(1000)
    assert (pace.stand(1500), pace.over(1500), pace.end(1500), pace.first) == (500, 500, 500, 0)
    assert pace.window(1500) == (500, 500)
    assert pace.given_up(1500, 60) == pace.late(1500, 60) == 440
    assert pace.settled(0)


def test_told_no_arrival_is_out_of_reason_or_late() -> None:
    pace = Told(1000)
    earliest, latest = pace.window(1500)
    assert earliest < -WRAP * SECOND
    assert latest > WRAP * SECOND
    assert pace.late(1500, 60) < -WRAP
    assert pace.given_up(1500, 60) == 440


def test_by_sender_time_goes_on_with_what_is_heard() -> None:
    pace = BySender(SECOND)
    assert (pace.stand(7), pace.first, pace.end(99), pace.settled(10**9)) == (SECOND, SECOND, SECOND, False)
    pace.heard(500, SECOND, SECOND + FRAME)
    assert (pace.stand(600), pace.over(10**9), pace.end(10**9)) == (SECOND + FRAME,) * 3
    assert pace.window(600) == (SECOND + FRAME, SECOND + FRAME + 100)
    assert [pace.given_up(500 + waited, 60) for waited in (0, 59, 60, 9999)] == [
        SECOND + FRAME - 60,
        SECOND + FRAME - 1,
        SECOND + FRAME,
        SECOND + FRAME,
    ]
    assert [pace.settled(500 + SECOND - 1), pace.settled(500 + SECOND)] == [False, True]


def test_by_sender_an_overtaken_packet_moves_the_beginning_and_not_the_end() -> None:
    pace = BySender(SECOND)
    pace.heard(0, SECOND, SECOND + FRAME)
    pace.heard(5, SECOND - FRAME, SECOND)
    assert (pace.first, pace.end(5)) == (SECOND - FRAME, SECOND + FRAME)
    assert pace.window(25) == (SECOND + FRAME, SECOND + FRAME + 25)
    pace.heard(SECOND, 0, FRAME)
    assert pace.first == SECOND - FRAME
