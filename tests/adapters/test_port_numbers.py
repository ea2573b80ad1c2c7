"""Ports of a range: in turn, each but once at a time."""

from __future__ import annotations

import pytest

from phone_recorder.adapters.udp import PortNumbers
from phone_recorder.errors import UsageError


def opened(numbers: PortNumbers, taken: set[int] | None = None) -> int:
    def opener(number: int) -> int:
        if number in (taken or ()):
            raise UsageError("taken")
        return number

    return numbers.open(opener)


def test_each_in_turn_and_one_that_came_back_as_late_as_can_be() -> None:
    numbers = PortNumbers(5000, 5003)
    first = [opened(numbers) for _ in range(3)]
    numbers.give_back(5001)
    assert (first, opened(numbers), opened(numbers)) == ([5000, 5001, 5002], 5003, 5001)


def test_those_that_others_have_are_passed_over() -> None:
    assert opened(PortNumbers(5000, 5003), {5000, 5002}) == 5001


def test_none_is_left() -> None:
    numbers = PortNumbers(5000, 5001)
    opened(numbers)
    with pytest.raises(UsageError, match="no UDP port from 5000 to 5001 is free"):
        opened(numbers, {5001})
    assert opened(numbers) == 5001
    with pytest.raises(UsageError, match="is free"):
        opened(numbers)


def test_without_a_range_the_system_chooses() -> None:
    numbers = PortNumbers()
    assert [opened(numbers) for _ in range(3)] == [0, 0, 0]


def test_a_range_of_thousands_that_are_all_taken_but_one() -> None:
    numbers = PortNumbers(10000, 19999)
    for _ in range(10000):
        opened(numbers)
    numbers.give_back(12345)
    assert opened(numbers) == 12345
