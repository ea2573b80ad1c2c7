"""Datagrams in a large piece of memory: as they lie where they lie evenly, else copied."""

from __future__ import annotations

import numpy as np
import pytest

from phone_recorder.adapters.batches.gathered import Gathered

WIDTH = 64


@pytest.mark.parametrize(
    ("offsets", "lies"),
    [([40, 140, 240], True), ([40, 140, 239], False), ([240, 140, 40], False), ([40, 40, 40], False), ([40], False)],
)
def test_all_datagrams_are_told_as_they_are(offsets: list[int], lies: bool) -> None:
    memory = np.random.default_rng(1).integers(0, 256, 400, np.uint8)
    sizes = np.array([60, 3, 17], np.int32)[: len(offsets)]
    made = Gathered(memory, 4, WIDTH)
    rows = made.rows(np.array(offsets), sizes)
    assert rows.shape == (len(offsets), WIDTH)
    for row, offset, size in zip(rows, offsets, sizes, strict=True):
        assert row[:size].tobytes() == memory[offset : offset + size].tobytes()
    assert np.shares_memory(rows, memory) == lies
    assert not np.shares_memory(made.copy(np.array(offsets), sizes), memory)
