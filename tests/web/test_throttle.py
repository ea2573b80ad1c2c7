"""How often somebody may be wrong at logging in."""

from __future__ import annotations

from phone_recorder.web import throttle
from phone_recorder.web.throttle import LoginThrottle, Pace


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_five_tries_at_once_then_one_in_half_a_minute() -> None:
    clock = Clock()
    tries = LoginThrottle(clock)
    assert [tries.take("192.0.2.1", "anna") for _ in range(6)] == [0, 0, 0, 0, 0, 30.0]
    clock.now += 29
    assert tries.take("192.0.2.1", "anna") == 1.0
    clock.now += 1
    assert tries.take("192.0.2.1", "anna") == 0
    assert tries.take("192.0.2.1", "anna") == 30.0


def test_what_is_refused_costs_nothing_and_others_are_not_held_back() -> None:
    tries = LoginThrottle(Clock())
    waits = [tries.take("192.0.2.1", "anna") for _ in range(1000)]
    assert waits[-1] == 30.0
    assert tries.take("192.0.2.2", "anna") == 0


def test_a_login_that_was_right_gives_back() -> None:
    tries = LoginThrottle(Clock(), everyone=Pace(10, 1.0))
    for _ in range(50):
        assert tries.take("192.0.2.1", "anna") == 0
        tries.give_back("192.0.2.1", "anna")


def test_all_together_are_held_back_too() -> None:
    clock = Clock()
    tries = LoginThrottle(clock, everyone=Pace(10, 1.0))
    waits = [tries.take(f"192.0.2.{number}", f"user {number}") for number in range(12)]
    assert waits == [0] * 10 + [1.0, 1.0]
    clock.now += 1
    assert tries.take("192.0.2.200", "anna") == 0


def test_one_who_has_many_addresses_of_ipv6_is_one() -> None:
    tries = LoginThrottle(Clock())
    waits = [tries.take(f"2001:db8::{number}", "anna") for number in range(1, 7)]
    assert waits[-1] == 30.0
    assert tries.take("2001:db8:0:1::1", "anna") == 0
    assert tries.take("::ffff:192.0.2.1", "anna") == 0


def test_one_right_login_gives_back_that_one_try_alone() -> None:
    tries = LoginThrottle(Clock())
    guesses = 0
    for _ in range(10):
        guesses += sum(tries.take("192.0.2.1", "admin") == 0 for _ in range(4))
        if tries.take("192.0.2.1", "lee") == 0:
            tries.give_back("192.0.2.1", "lee")
    assert guesses <= 5


def test_one_user_is_not_guessed_at_from_many_hosts() -> None:
    clock = Clock()
    tries = LoginThrottle(clock, everyone=Pace(1000, 1.0))
    waits = [tries.take(f"192.0.2.{number}", "admin") for number in range(22)]
    assert waits == [0] * 20 + [10.0, 10.0]
    assert tries.take("192.0.2.200", "anna") == 0
    clock.now += 10
    assert tries.take("192.0.2.201", "admin") == 0


def test_a_login_that_was_right_gives_back_to_its_user_and_to_all() -> None:
    tries = LoginThrottle(Clock(), host=Pace(1000, 1.0), user=Pace(2, 10.0), everyone=Pace(3, 1.0))
    for _ in range(10):
        assert tries.take("192.0.2.1", "anna") == 0
        tries.give_back("192.0.2.1", "anna")
    assert [tries.take("192.0.2.1", "anna") for _ in range(3)] == [0, 0, 10.0]


def test_what_is_remembered_is_bounded() -> None:
    tries = LoginThrottle(Clock(), everyone=Pace(10**9, 0.0))
    for number in range(throttle.MOST_KEPT + 10):
        assert tries.take(f"host {number}", f"user {number}") == 0
    assert len(tries) <= 2 * throttle.MOST_KEPT
