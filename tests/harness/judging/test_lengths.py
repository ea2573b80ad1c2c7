"""Lengths of time and sizes in words."""

from __future__ import annotations

import pytest

from phone_recorder.harness.judging.lengths import length, number, size


@pytest.mark.parametrize(
    ("units", "text"),
    [
        (0, "0 s"),
        (1, "0.125 ms"),
        (1600, "200 ms"),
        (7999, "999.875 ms"),
        (8000, "1 s"),
        (20_000, "2.5 s"),
        (79_999, "9.999875 s"),
        (480_000, "1 min"),
        (8_400_000, "17 min 30 s"),
        (28_800_000, "1 h"),
        (28_808_000, "1 h 1 s"),
        (-28_800_000, "-1 h"),
    ],
)
def test_a_length_is_said_exactly(units: int, text: str) -> None:
    assert length(units) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (80_076, "80,076 bytes"),
        (1 << 10, "1 KiB"),
        (16 << 20, "16 MiB"),
        (4 << 30, "4 GiB"),
    ],
)
def test_a_size_is_said_exactly(count: int, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (100, "100"), (0.95, "0.95"), (2.0, "2"), (1234567, "1234567")])
def test_a_number_has_no_zeros_at_its_end(value: float, text: str) -> None:
    assert number(value) == text
