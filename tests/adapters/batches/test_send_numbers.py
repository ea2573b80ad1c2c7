from __future__ import annotations

import pytest

from phone_recorder.adapters.batches.send_numbers import Numbers


def test_equal_keys_have_one_number_and_others_others() -> None:
    numbers: Numbers[str] = Numbers()
    assert [numbers.take(key) for key in "abab"] == [0, 1, 0, 1]
    assert len(numbers) == 2
    assert sorted(numbers.held()) == [(0, "a"), (1, "b")]


def test_a_number_is_anothers_when_it_was_given_back_as_often_as_it_was_taken() -> None:
    numbers: Numbers[str] = Numbers()
    numbers.take("a"), numbers.take("a"), numbers.take("b")
    assert not numbers.give_back(0)
    assert numbers.take("c") == 2
    assert numbers.give_back(0)
    assert numbers.take("d") == 0
    assert numbers.take("a") == 3


def test_numbers_do_not_grow_with_what_comes_and_goes() -> None:
    numbers: Numbers[int] = Numbers()
    assert {numbers.take(key) for key in range(1000) if numbers.give_back(numbers.take(-key - 1))} == set(range(1000))
    for number in range(1000):
        numbers.give_back(number)
    assert max(numbers.take(key) for key in range(5000, 6000)) == 999


@pytest.mark.parametrize("number", [-1, 0, 1])
def test_a_number_that_nobody_holds_cannot_be_given_back(number: int) -> None:
    numbers: Numbers[str] = Numbers()
    numbers.give_back(numbers.take("a"))
    with pytest.raises(KeyError):
        numbers.give_back(number)
    assert len(numbers) == 0
