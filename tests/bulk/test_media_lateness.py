from __future__ import annotations

import numpy as np
import pytest

from phone_recorder.bulk.media_lateness import MOST_MS, Lateness


def test_nothing_noted_is_no_spread() -> None:
    lateness = Lateness()
    lateness.note(np.zeros(0, np.int64))
    assert lateness.spread().count == 0


def test_percentiles_are_whole_milliseconds_and_the_rest_is_exact() -> None:
    lateness = Lateness()
    lateness.note(np.arange(100) * 8)
    lateness.note(np.arange(100) * 8 + 7)
    spread = lateness.spread()
    assert (spread.count, spread.least, spread.most) == (200, 0, 799 / 8000)
    assert (spread.p50, spread.p90, spread.p95, spread.p99) == (0.049, 0.089, 0.094, 0.098)
    assert spread.mean == pytest.approx(0.0495 + 3.5 / 8000)


def test_one_that_was_late_beyond_the_histogram_is_told_exactly() -> None:
    lateness = Lateness()
    lateness.note(np.array([8 * 3_600_000 + 1]))
    spread = lateness.spread()
    assert (spread.p50, spread.most, spread.least) == (MOST_MS / 1000, 3600 + 1 / 8000, 3600 + 1 / 8000)
    assert lateness.counts.sum() == lateness.counts[MOST_MS] == 1
