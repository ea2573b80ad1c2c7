"""Which recording is meant."""

from __future__ import annotations

import pytest

from phone_recorder.harness.judging.picking import pick


@pytest.mark.parametrize(
    ("recordings", "number", "picked"),
    [
        (["a"], None, "a"),
        (["a"], 1, "a"),
        (["a", "b"], 2, "b"),
        ([], None, "nothing was recorded"),
        ([], 1, "nothing was recorded"),
        (["a", "b"], None, "there are 2 recordings: write `recording: 1` for the first"),
        (["a"], 2, "there is 1 recording"),
        (["a", "b"], 3, "there are 2 recordings"),
        (["a", "b"], 0, "there are 2 recordings"),
    ],
)
def test_without_a_number_the_only_one_is_meant(recordings: list[str], number: int | None, picked: str) -> None:
    assert pick(recordings, number) == picked
