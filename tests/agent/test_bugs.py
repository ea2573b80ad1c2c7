from __future__ import annotations

import re

from phone_recorder.agent.bugs import MOST_PLACES, places


def deep(left: int) -> None:
    if not left:
        raise ZeroDivisionError
    deep(left - 1)


def raised(depth: int) -> ZeroDivisionError:
    try:
        deep(depth)
    except ZeroDivisionError as error:
        return error
    raise AssertionError("it was raised")


def test_the_place_that_raised_it_is_the_first_and_there_are_not_many() -> None:
    told = places(raised(50)).split()
    assert len(told) == MOST_PLACES and all(re.fullmatch(r"test_bugs\.py:\d+", place) for place in told)
    assert told[0] == places(raised(0)).split()[0]
    assert told[1] != told[0]


def test_an_error_that_was_never_raised_has_none() -> None:
    assert places(ZeroDivisionError()) == ""
