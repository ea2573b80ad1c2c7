"""Many durations in little memory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phone_recorder.bulk.fleet.histogram import Histogram
from phone_recorder.bulk.spread import Spread

LENGTHS = st.lists(st.floats(1e-5, 1e4), min_size=1, max_size=200)


def of(values: list[float]) -> Histogram:
    histogram = Histogram()
    for value in values:
        histogram.add(value)
    return histogram


@given(LENGTHS)
def test_percentiles_are_right_within_a_percent_and_the_rest_is_exact(values: list[float]) -> None:
    spread = of(values).spread()
    assert (spread.count, spread.least, spread.most) == (len(values), min(values), max(values))
    assert spread.mean == pytest.approx(sum(values) / len(values))
    for share, told in ((50, spread.p50), (90, spread.p90), (95, spread.p95), (99, spread.p99)):
        assert told == pytest.approx(np.percentile(values, share, method="inverted_cdf"), rel=0.0101)


@given(LENGTHS, LENGTHS)
def test_many_at_once_and_two_together_are_as_one_by_one(first: list[float], second: list[float]) -> None:
    together = Histogram()
    together.add_all(np.array(first))
    together.merge(of(second))
    singly = of(first + second).spread()
    assert together.spread().mean == pytest.approx(singly.mean)
    assert together.spread().p50 == pytest.approx(singly.p50, rel=0.021)
    assert (together.spread().count, together.spread().most) == (singly.count, singly.most)


def test_counts_stand_for_as_many() -> None:
    histogram = Histogram()
    histogram.add_all([0.001, 0.002, 5.0], np.array([98, 2, 0]))
    spread = histogram.spread()
    assert (spread.count, spread.most, spread.least) == (100, 0.002, 0.001)
    assert spread.p99 == pytest.approx(0.002, rel=0.01)


def test_nothing_less_than_nothing_and_far_too_much() -> None:
    assert Histogram().spread() == Spread()
    spread = of([-1.0, 0.0, 1e9]).spread()
    assert (spread.count, spread.least, spread.most) == (3, 0.0, 1e9)
