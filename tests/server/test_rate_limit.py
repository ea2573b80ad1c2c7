from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from phone_recorder.server.rate_limit import RateLimit, RateLimits

SECOND = 8000


def taken(limit: RateLimit, now: int, times: int) -> int:
    return sum(limit.take(now) for _ in range(times))


def test_a_burst_and_then_the_rate() -> None:
    limit = RateLimit(rate_per_s=50, burst=200)
    assert taken(limit, 0, 1000) == 200
    assert taken(limit, 159, 10) == 0
    assert taken(limit, 160, 10) == 1
    assert taken(limit, 160 + SECOND, 1000) == 50
    assert taken(limit, 1000 * SECOND, 1000) == 200


def test_what_is_refused_costs_nothing() -> None:
    limit = RateLimit(rate_per_s=1, burst=1)
    assert [limit.take(now) for now in (0, 2000, 4000, 6000, 7999, 8000)] == [True, False, False, False, False, True]


def test_a_rate_that_divides_no_second_is_kept_all_the_same() -> None:
    limit = RateLimit(rate_per_s=3, burst=1)
    assert sum(limit.take(now) for now in range(0, 100 * SECOND, 7)) == 300


def test_a_clock_that_goes_back_gives_nothing() -> None:
    limit = RateLimit(rate_per_s=1, burst=1)
    assert limit.take(10 * SECOND)
    assert not limit.take(0)


def test_each_host_has_its_own() -> None:
    limits = RateLimits(rate_per_s=1, burst=2)
    assert [limits.take("192.0.2.1", 0) for _ in range(3)] == [True, True, False]
    assert limits.take("192.0.2.2", 0)


def test_an_ipv4_host_is_one_on_both_kinds_of_socket() -> None:
    limits = RateLimits(rate_per_s=1, burst=1)
    assert limits.take("::ffff:192.0.2.1", 0)
    assert not limits.take("192.0.2.1", 0)


def test_a_64_of_ipv6_is_one_host() -> None:
    limits = RateLimits(rate_per_s=1, burst=1)
    assert limits.take("2001:db8::1", 0)
    assert not limits.take("2001:db8::ffff:1", 0)
    assert limits.take("2001:db8:0:1::1", 0)


def test_hosts_whose_bucket_is_full_again_are_forgotten() -> None:
    limits = RateLimits(rate_per_s=1, burst=2, most=3)
    assert all(limits.take(f"192.0.2.{n}", 0) for n in range(3))
    assert limits.take("192.0.2.0", 0)
    assert limits.take("192.0.2.3", SECOND)
    assert len(limits) == 2


def test_one_in_debt_is_never_forgotten() -> None:
    limits = RateLimits(rate_per_s=1, burst=10, most=2)
    assert sum(limits.take("192.0.2.1", 0) for _ in range(100)) == 10
    assert limits.take("192.0.2.2", 0)
    for second in range(1, 6):
        limits.take(f"198.51.100.{second}", second * SECOND)
    assert sum(limits.take("192.0.2.1", 5 * SECOND) for _ in range(100)) == 5


def test_memory_is_bounded_and_newcomers_wait_until_one_is_full_again() -> None:
    limits = RateLimits(rate_per_s=50, burst=200, most=1000)
    assert sum(limits.take(f"10.0.{n // 250}.{n % 250}", 0) for n in range(5000)) == 1000
    assert len(limits) == 1000
    assert limits.take("192.0.2.1", SECOND // 10)
    assert len(limits) == 1


EVENTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, SECOND)), max_size=80)


@given(EVENTS)
def test_forgetting_changes_nothing_for_those_who_are_let_in(events: list[tuple[int, int]]) -> None:
    limits = RateLimits(rate_per_s=3, burst=2, most=3)
    alone: defaultdict[int, RateLimit] = defaultdict(lambda: RateLimit(rate_per_s=3, burst=2))
    now = 0
    for host, elapsed in events:
        now += elapsed
        if limits.take(f"192.0.2.{host}", now):
            assert alone[host].take(now)
        assert len(limits) <= 3
