"""How many calls can be carried: more and more of them, until something is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from itertools import count, groupby
from typing import NamedTuple

from tests.bench.thousands.table import Round

STEP = 1000


class Reached(NamedTuple):
    """The most calls of which nothing was lost, what that round gave, and what ended the search."""

    calls: int
    best: Round
    ended: str


def numbers(first: int, target: int, most: int | None = None) -> Iterator[int]:
    """So many calls one after the other: from `first` on by the thousand, and the target; none over `most`."""
    if most is not None and first > most:
        yield most
        return
    for calls, _ in groupby(merge(count(first, STEP), [target])):
        if most is not None and calls > most:
            return
        yield calls


def search(carry: Callable[[int], Round], wanted: Iterable[int]) -> Reached:
    """The first number that loses something, or that does not come to an end, is the last that is tried."""
    found = Reached(0, Round(), "nothing was tried")
    for calls in wanted:
        try:
            tried = carry(calls)
        except (RuntimeError, OSError, ValueError) as error:
            return found._replace(ended=f"{calls:,}: {error}")
        if faults := faults_of(tried, calls):
            return found._replace(ended=f"{calls:,}: {faults}; {tried.limit}")
        found = Reached(calls, tried, f"{calls:,}: nothing was lost, more were not tried")
    return found


def faults_of(tried: Round, calls: int) -> str:
    """What was lost or wrong, and that the load was less than was asked for; "" if all is well."""
    words = [f"{count:,} {kind}" for kind, count in tried.faults.items() if count]
    if tried.value is not None and tried.value < calls:
        words.append(f"the load came to {tried.value:,.0f}")
    return ", ".join(words)
