from __future__ import annotations

import pytest

from phone_recorder.bulk.fleet.report_words import (
    bits,
    clock,
    duration,
    host_and_port,
    plural,
    rate,
    share,
    spread_words,
)
from phone_recorder.bulk.spread import Spread


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0"),
        (1e-7, "0.1 us"),
        (0.0005, "500 us"),
        (0.00099949, "999 us"),
        (0.0009999, "1 ms"),
        (0.0123456, "12.3 ms"),
        (0.09999, "100 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1 s"),
        (1.236, "1.24 s"),
        (59.94, "59.9 s"),
        (61.0, "1 min 01 s"),
        (3661.0, "1 h 01 min"),
        (90_000.0, "25 h 00 min"),
    ],
)
def test_a_duration_has_three_digits_or_parts_that_people_read(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("value", "words"), [(0.0, "0 %"), (0.00001, "0.001 %"), (0.0215, "2.15 %"), (0.999, "99.9 %"), (1.5, "150 %")]
)
def test_a_share_never_seems_whole_when_it_is_not(value: float, words: str) -> None:
    assert share(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [(0.0, "0"), (0.5, "0.5"), (98.44, "98.4"), (99.99, "100"), (4.95e4, "49,500")]
)
def test_a_rate_has_three_digits_or_all_before_the_point(value: float, words: str) -> None:
    assert rate(value) == words


def test_other_words() -> None:
    assert (clock(7.9), clock(750), clock(3723)) == ("0:07", "12:30", "1:02:03")
    assert bits(8_562_500) == "68.5 Mbit/s"
    assert (plural(1, "phone"), plural(1000, "phone")) == ("1 phone", "1,000 phones")
    assert spread_words(Spread()) == ("-",) * 6
    assert spread_words(Spread(1, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)) == ("2 s", "3 s", "4 s", "5 s", "6 s", "7 s")


@pytest.mark.parametrize(("host", "words"), [("192.0.2.1", "192.0.2.1:10000"), ("2001:db8::1", "[2001:db8::1]:10000")])
def test_where_an_ipv6_address_ends_can_be_seen(host: str, words: str) -> None:
    assert host_and_port((host, 10000)) == words
