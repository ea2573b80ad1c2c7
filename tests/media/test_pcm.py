"""Sums and saturation of 16-bit samples."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.media import pcm

SAMPLES = st.integers(-32768, 32767)


@pytest.mark.parametrize(
    ("a", "b", "mixed"),
    [
        ([], [], []),
        ([5], [-7], [-2]),
        ([32767], [1], [32767]),
        ([-32768], [-1], [-32768]),
        ([0, 1, -1, 32767, -32768], [0, 1, -1, -32768, 32767], [0, 2, -2, -1, -1]),
        ([32767, -32768, 32767, -32768], [1, -1, 32767, -32768], [32767, -32768, 32767, -32768]),
        ([32766, -32767], [1, -1], [32767, -32768]),
    ],
)
def test_a_mix_is_the_saturated_sum(a: list[int], b: list[int], mixed: list[int]) -> None:
    assert pcm.mix(array("h", a), array("h", b)) == array("h", mixed)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(SAMPLES, SAMPLES), max_size=200))
def test_every_sample_of_a_mix_is_its_own_sum(pairs: list[tuple[int, int]]) -> None:
    mixed = pcm.mix(array("h", (a for a, _ in pairs)), array("h", (b for _, b in pairs)))
    assert list(mixed) == [max(-32768, min(32767, a + b)) for a, b in pairs]


@pytest.mark.parametrize(
    ("number", "sample"),
    [(0.4, 0), (0.6, 1), (-0.6, -1), (32767.4, 32767), (40000.0, 32767), (-1e12, -32768), (7, 7)],
)
def test_numbers_are_rounded_and_held(number: float, sample: int) -> None:
    assert pcm.saturate([number]) == array("h", [sample])


@pytest.mark.parametrize("count", [0, 1, 160])
def test_silence_is_zeros(count: int) -> None:
    assert pcm.silence(count) == array("h", [0] * count)
