from __future__ import annotations

from math import inf

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.scenario import bounds, words
from phone_recorder.harness.scenario.bound import Bound, Span


@pytest.mark.parametrize(
    ("text", "low", "high", "out"),
    [
        ("3", 3, 3, False),
        ("> 95", 95, inf, True),
        (">95", 95, inf, True),
        (">= 3", 3, inf, False),
        ("< 3", -inf, 3, True),
        ("<= 3", -inf, 3, False),
        ("at least 3", 3, inf, False),
        ("at most 3", -inf, 3, False),
        ("3 ± 1", 2, 4, False),
        ("3 +- 1", 2, 4, False),
        ("3±1", 2, 4, False),
        ("2 to 5", 2, 5, False),
    ],
)
def test_a_bound_of_numbers(text: str, low: float, high: float, out: bool) -> None:
    assert bounds.COUNTS.read(text) == Bound(low, high, text, out)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2 s ± 200 ms", 14_400, 17_600),
        ("17 min 30 s", 8_400_000, 8_400_000),
        ("at most 1 h", -inf, 28_800_000),
        ("9 s to 10 s", 72_000, 80_000),
        ("0", 0, 0),
    ],
)
def test_a_bound_of_times_is_in_units(text: str, low: float, high: float) -> None:
    assert bounds.TIMES.read(text) == Bound(low, high, text)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("00:02", 16_000, 23_999),
        ("1:00:00", 3600 * 8000, 3601 * 8000 - 1),
        ("2 s ± 1 s", 8000, 24_000),
    ],
)
def test_a_timer_may_be_as_it_is_shown(text: str, low: float, high: float) -> None:
    assert bounds.TIMER.read(text) == Bound(low, high, text)


def test_bounds_of_sizes_levels_shares_and_seconds() -> None:
    assert bounds.SIZES.read("at most 8 MiB").high == 8 << 20
    assert bounds.LEVELS.read("-20 dB ± 1 dB") == Bound(-21, -19, "-20 dB ± 1 dB")
    assert bounds.SHARES.read("> 95 %").low == 0.95
    assert bounds.ALL_SECONDS.read("2 s ± 20 ms") == Bound(1.98, 2.02, "2 s ± 20 ms")
    assert bounds.ALL_SECONDS.read("2.5").low == 2.5


def test_silence_itself_is_below_any_level() -> None:
    assert bounds.BELOW.read("below -50 dB").holds(-inf)
    assert not bounds.BELOW.read("below -50 dB").holds(-49.0)


def test_a_lag_counts_both_ways() -> None:
    lag = bounds.LAG.read("within 20 ms")
    assert lag.holds(-160) and lag.holds(160) and not lag.holds(161)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("between 2 s and 5 s", Span(16_000, 40_000)),
        ("between 0 and 1 min 1 s", Span(0, 488_000)),
        ("from 3 s", Span(24_000)),
        ("until 500 ms", Span(0, 4000)),
    ],
)
def test_a_span_of_time(text: str, span: Span) -> None:
    assert bounds.SPAN.read(text) == span


@pytest.mark.parametrize(
    ("word", "text", "sentence"),
    [
        (bounds.COUNTS, "three", "'three' is no whole number: write one such as 3"),
        (bounds.COUNTS, "3 ± 1 ± 1", "'3 ± 1 ± 1' is no whole number"),
        (bounds.COUNTS, "at least", "'at least' is no whole number"),
        (bounds.TIMES, "3", "'3' is no time: write one with its unit, such as 3 s or 200 ms"),
        (bounds.TIMES, "5 s to 3 s", "5 s to 3 s ends before it begins: write the smaller number first"),
        (bounds.TIMES, "25 h", "25 h is longer than 24 h: write a shorter time"),
        (bounds.SHARES, "> 200 %", "200 % is more than everything: write one between 0 and 1, such as 0.9"),
        (bounds.SHARES, "5", "5 is more than everything: write one between 0 and 1"),
        (words.SHARE, "200 %", "200 % is more than everything: write a share such as 2 % or 0.02"),
        (words.SHARE, "5", "5 is more than everything: write 5 %"),
        (bounds.TIMES, "10 sec", "'10 sec' is no time: write s in place of sec"),
        (bounds.TIMES, "1 m", "'1 m' is no time: write min in place of m"),
        (bounds.LEVELS, "-20 ± 1 db", "'-20 ± 1 db' is no level: write dB in place of db"),
        (bounds.COUNTS, "3 dB", "'3 dB' is no whole number: write one such as 3"),
        (bounds.SPAN, "between 5 s and 2 s", "between 5 s and 2 s has no length: write the earlier time first"),
        (words.SIZE, "8 ELEPHANTS", "'8 ELEPHANTS' is no size: write bytes, or a whole number with K, M or G"),
        (words.HERTZ, "5 Hz", "5 Hz is no frequency from 20 to 4000 Hz"),
        (words.PTIME, "25 ms", "no packet lasts 25 ms: write one of 10, 20, 30, 40, 60 ms"),
        (bounds.COUNTS, "1.5", "'1.5' is no whole number: write one such as 3"),
        (bounds.COUNTS, "-1", "'-1' is no whole number: write one such as 3"),
        (bounds.LEVELS, "-20 dB ± -1 dB", "-20 dB ± -1 dB leaves nothing: write what is behind ± without a minus"),
        (bounds.TIMES, "1:30", "'1:30' is no time: write 1 min 30 s in place of 1:30"),
        (bounds.TIMES, "00:30", "'00:30' is no time: write 0 min 30 s in place of 0:30"),
        (bounds.TIMES, "1,5 s", "'1,5 s' is no time: write 1.5 in place of 1,5"),
        (bounds.TIMES, ".5 s", "'.5 s' is no time: write 0.5 in place of .5"),
        (bounds.TIMES, "1e400 s", "'1e400 s' is no time: write all digits of 1e400"),
        (bounds.TIMES, "99999999999999999999 s", "'99999999999999999999 s' is no time: write a smaller number"),
        (bounds.SPAN, "until 0 s", "until 0 s has no length: write a time after the beginning"),
        (words.SIZE, "999999999999999 GiB", "999999999999999 GiB is more than any stick has: write a smaller size"),
        (words.COUNT, "0", "0 is no number from 1 to 1000000"),
        (words.TIMESTAMPS, "4294967297", "4294967297 is no jump from -4294967296 to 4294967296"),
    ],
)
def test_what_is_none_is_told(word: words.Word[object], text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        word.read(text)
    assert str(caught.value).startswith(sentence)
