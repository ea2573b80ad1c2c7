"""How many requests of others are remembered at once, so that a flood costs neither memory nor anybody's call.

Strangers share one room, and each host has but a small part of it; those who are in a call with us have another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

MOST_SERVER_TRANSACTIONS = 1000
"""In each of the two rooms."""
MOST_OF_ONE_HOST = 100
"""Of strangers; a SIP server, whose requests are many phones', is one host. Three in a second are that many."""

_KNOWN = ""
"""No host is called so."""


class Places:
    """Counts who is here. `host` is an IP address; `known`: the request is of a call of ours."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def free(self, host: str, *, known: bool) -> bool:
        """Whether there is a place for one more."""
        taken = self._taken
        if known:
            return taken[_KNOWN] < MOST_SERVER_TRANSACTIONS
        strangers = taken.total() - taken[_KNOWN]
        return strangers < MOST_SERVER_TRANSACTIONS and taken[host] < MOST_OF_ONE_HOST

    def take(self, host: str, *, known: bool) -> Callable[[], None]:
        """Take one; what is given gives it back."""
        name = _KNOWN if known else host
        self._taken[name] += 1
        return lambda: self._leave(name)

    def _leave(self, name: str) -> None:
        self._taken[name] -= 1
        if not self._taken[name]:
            del self._taken[name]
