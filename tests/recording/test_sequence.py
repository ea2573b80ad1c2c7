from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.recording.sequence import MAX_DROPOUT, SequenceCounter

FIRSTS = [0, 1, 2, 3, 32766, 32767, 32768, 65533, 65534, 65535]


def taken(*numbers: int) -> tuple[SequenceCounter, list[bool]]:
    counter = SequenceCounter()
    return counter, [counter.take(number & 0xFFFF) for number in numbers]


@pytest.mark.parametrize("first", FIRSTS)
@pytest.mark.parametrize(
    ("numbers", "new", "lost"),
    [
        ([0, 1, 2, 3], [True] * 4, 0),
        ([0, 2], [True] * 2, 1),
        ([0, 3, 1], [True] * 3, 1),
        ([0, 3, 1, 2], [True] * 4, 0),
        ([3, 2, 1, 0], [True] * 4, 0),
        ([3, 0], [True] * 2, 2),
        ([0, 0, 1, 1, 0], [True, False, True, False, False], 0),
        ([3, 1, 1, 3], [True, True, False, False], 1),
        ([0, 3000], [True] * 2, 2999),
        ([0, 3000, 0, 3000], [True, True, False, False], 2999),
        ([0, 3001], [True] * 2, 0),
        ([3000, 0], [True] * 2, 2999),
        ([3001, 0, 1], [True] * 3, 0),
        ([0, 2, 32768, 32770], [True] * 4, 2),
    ],
)
def test_what_is_new_and_what_was_lost(first: int, numbers: list[int], new: list[bool], lost: int) -> None:
    counter, result = taken(*(first + number for number in numbers))
    assert result == new
    assert (counter.received, counter.duplicate) == (sum(new), len(new) - sum(new))
    assert counter.lost == lost


def test_of_nothing_nothing_was_lost() -> None:
    assert SequenceCounter().lost == 0


@pytest.mark.parametrize(
    ("numbers", "newest"), [([5], True), ([5, 6], True), ([5, 4], False), ([5, 7, 6], False), ([5, 9000], True)]
)
def test_the_newest_is_the_one_ahead_of_all(numbers: list[int], newest: bool) -> None:
    assert taken(*numbers)[0].newest == newest


def test_a_loss_before_a_restart_stays_counted() -> None:
    counter, _ = taken(0, 3, 20_000, 20_002)
    assert counter.lost == 3


def test_a_wrap_of_all_numbers_is_no_duplicate_and_no_loss() -> None:
    counter = SequenceCounter()
    assert all(counter.take(number & 0xFFFF) for number in range(65_000, 65_000 + 3 * 65_536))
    assert (counter.received, counter.lost, counter.duplicate) == (3 * 65_536, 0, 0)


def test_an_old_number_is_known_as_far_back_as_a_leap_may_be() -> None:
    counter, _ = taken(*range(MAX_DROPOUT + 1))
    assert not counter.take(0)
    assert counter.duplicate == 1


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    first=st.sampled_from(FIRSTS), numbers=st.lists(st.integers(0, 2999), min_size=1, max_size=60) | st.just([0, 2999])
)
def test_it_counts_as_a_set_does(first: int, numbers: list[int]) -> None:
    counter, new = taken(*(first + number for number in numbers))
    seen: set[int] = set()
    expected = [number not in seen and not seen.add(number) for number in numbers]  # type: ignore[func-returns-value]
    assert new == expected
    assert counter.lost == max(seen) - min(seen) + 1 - len(seen)
