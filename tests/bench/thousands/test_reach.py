"""The search for the most calls of which nothing is lost."""

from __future__ import annotations

from itertools import islice

import pytest

from tests.bench.thousands.reach import Reached, numbers, search
from tests.bench.thousands.table import Round


def test_by_the_thousand_and_the_target_once() -> None:
    assert list(islice(numbers(2000, 4000), 4)) == [2000, 3000, 4000, 5000]
    assert list(islice(numbers(6000, 7500), 4)) == [6000, 7000, 7500, 8000]


def test_none_over_the_most_that_is_wanted() -> None:
    assert list(numbers(2000, 4000, 3500)) == [2000, 3000]
    assert list(numbers(2000, 4000, 50)) == [50]


def carrying(most: int, tried: list[int], **lost: int) -> Reached:
    def carry(calls: int) -> Round:
        tried.append(calls)
        return Round(calls / 10, value=calls, faults=lost if calls > most else {}, limit="the core")

    return search(carry, numbers(2000, 7500, 9000))


def test_the_first_loss_ends_it() -> None:
    tried: list[int] = []
    found = carrying(4200, tried, lost=12_345, wrong=0)
    assert (found.calls, found.best.cost) == (4000, 400)
    assert found.ended == "5,000: 12,345 lost; the core"
    assert tried == [2000, 3000, 4000, 5000]


def test_nothing_is_reached_where_the_first_loses() -> None:
    found = carrying(100, [], lost=1)
    assert (found.calls, found.best) == (0, Round())


def test_a_load_that_was_less_than_asked_for_ends_it() -> None:
    found = search(lambda calls: Round(value=min(calls, 2500)), numbers(2000, 4000, 9000))
    assert found.calls == 2000
    assert found.ended.startswith("3,000: the load came to 2,500")


@pytest.mark.parametrize("error", [RuntimeError, OSError, ValueError])
def test_what_fails_ends_it_and_says_why(error: type[Exception]) -> None:
    def carry(calls: int) -> Round:
        if calls > 3000:
            raise error("too many open files")
        return Round(value=calls)

    found = search(carry, numbers(2000, 7500, 9000))
    assert (found.calls, found.ended) == (3000, "4,000: too many open files")


def test_all_that_was_wanted_may_be_carried() -> None:
    found = search(lambda calls: Round(value=calls), numbers(2000, 4000, 4000))
    assert (found.calls, found.ended) == (4000, "4,000: nothing was lost, more were not tried")
