"""One alarm for each of many phones."""

from __future__ import annotations

from phone_recorder.bulk.fleet.timers import Timers


def test_alarms_go_off_in_order_and_once() -> None:
    timers = Timers()
    for number, instant in ((1, 30), (2, 10), (3, 20), (4, 99)):
        timers.set(number, instant)
    assert list(timers.gone_off(50)) == [2, 3, 1]
    assert list(timers.gone_off(50)) == []
    assert len(timers) == 1


def test_an_alarm_that_is_set_anew_goes_off_then_alone() -> None:
    timers = Timers()
    timers.set(1, 10)
    timers.set(1, 40)
    assert list(timers.gone_off(20)) == []
    timers.set(1, 30)
    assert list(timers.gone_off(100)) == [1]


def test_an_alarm_that_is_set_back_to_what_it_was_goes_off_once() -> None:
    timers = Timers()
    for instant in (10, 20, 10):
        timers.set(1, instant)
    assert list(timers.gone_off(100)) == [1]


def test_one_that_is_cancelled_does_not_and_one_that_is_set_meanwhile_does() -> None:
    timers = Timers()
    timers.set(1, 10)
    timers.set(2, 20)
    timers.set(1, None)
    timers.set(1, None)
    seen = []
    for number in timers.gone_off(30):
        seen.append(number)
        if number == 2:
            timers.set(3, 25)
    assert seen == [2, 3]
