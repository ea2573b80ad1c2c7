from __future__ import annotations

import time
from datetime import datetime, timedelta

from phone_recorder.adapters.clock import LiveClock, VirtualClock


def test_the_live_clock_counts_units_of_the_monotonic_clock() -> None:
    before = time.monotonic_ns()
    now = LiveClock().now()
    after = time.monotonic_ns()
    assert before // 125_000 <= now <= after // 125_000


def test_live_instants_of_two_clocks_are_the_same_scale() -> None:
    first, second = LiveClock().now(), LiveClock().now()
    assert 0 <= second - first < 8000


def test_the_live_clock_tells_local_time_of_now_and_of_other_instants() -> None:
    clock = LiveClock()
    now = clock.now()
    for seconds in (0, -3600, 90):
        error = clock.system_time(now + 8000 * seconds) - (datetime.now() + timedelta(seconds=seconds))
        assert abs(error) < timedelta(seconds=0.5)


def test_the_virtual_clock_stands_still_until_it_is_advanced() -> None:
    clock = VirtualClock()
    assert (clock.now(), clock.now()) == (0, 0)
    clock.advance(1600)
    clock.advance(1)
    assert clock.now() == 1601


def test_the_virtual_clock_tells_local_time_from_its_beginning_on() -> None:
    clock = VirtualClock(datetime(2024, 12, 31, 23, 59, 59))
    assert clock.system_time(0) == datetime(2024, 12, 31, 23, 59, 59)
    assert clock.system_time(8000) == datetime(2025, 1, 1)
    assert clock.system_time(4000) == datetime(2024, 12, 31, 23, 59, 59, 500_000)


def test_a_virtual_clock_begins_now_if_nothing_is_said() -> None:
    assert abs(VirtualClock().system_time(0) - datetime.now()) < timedelta(seconds=5)
