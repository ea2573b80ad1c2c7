from __future__ import annotations

import numpy as np
import pytest

from phone_recorder.adapters.batches.send_messages import MOST_BYTES, MOST_SEGMENTS, first_packets


@pytest.mark.parametrize(
    ("sizes", "routes", "firsts"),
    [
        ([172], [0], [0]),
        ([172] * 4, [0, 1, 2, 3], [0, 1, 2, 3]),
        ([172] * 4, [0, 0, 1, 1], [0, 2]),
        ([172, 172, 92, 92], [0] * 4, [0, 2]),
        ([172] * 5, [0, 1, 1, 0, 0], [0, 1, 3]),
        ([0, 0, 0, 5, 5], [0] * 5, [0, 1, 2, 3]),
        ([172] * 130, [0] * 130, [0, 64, 128]),
        ([2048] * 64, [0] * 64, [0, 31, 62]),
        ([40_000] * 3, [0] * 3, [0, 1, 2]),
        ([172] * 66, [0] * 65 + [1], [0, 64, 65]),
    ],
)
def test_neighbours_of_one_size_and_destination_share_a_message(
    sizes: list[int], routes: list[int], firsts: list[int]
) -> None:
    assert first_packets(np.array(sizes), np.array(routes)).tolist() == firsts


def test_no_message_is_longer_than_the_kernel_takes() -> None:
    random = np.random.default_rng(1)
    sizes, routes = random.integers(0, 3, 5000) * 1000, random.integers(0, 2, 5000) // 2
    firsts = first_packets(sizes, routes)
    ends = np.append(firsts[1:], len(sizes))
    for first, end in zip(firsts, ends, strict=True):
        assert len(set(sizes[first:end])) == 1
        assert end - first <= MOST_SEGMENTS and sizes[first:end].sum() <= MOST_BYTES
