"""Pings that keep a way to the server open through NATs and firewalls (RFC 5626 section 4.4.1)."""

from __future__ import annotations

import random
from collections.abc import Callable

from phone_recorder.sip.hop import Hop
from phone_recorder.sip.timers import Timer, Timers

DATAGRAM_S = 25.0
STREAM_S = 90.0
"""The longest between two pings: NATs forget a UDP mapping after 30 s, some of them."""
LEAST = 0.8
"""Of the longest: phones that were switched on together must not ping together."""


def _always() -> bool:
    return True


class KeepAlive:
    """Pings one hop at a time, by `ping`. `share` gives how much of the longest the next pause takes."""

    def __init__(
        self, timers: Timers, ping: Callable[[Hop], None], share: Callable[[], float] = lambda: random.uniform(LEAST, 1)
    ) -> None:
        self._timers = timers
        self._ping = ping
        self._share = share
        self._timer: Timer | None = None

    def keep(self, hop: Hop | None, lasts: Callable[[], bool] = _always) -> None:
        """This one from now on, as long as it `lasts`, and the one before no more; None for none."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if hop:
            longest = STREAM_S if hop.reliable else DATAGRAM_S
            self._timer = self._timers.call_later(longest * self._share(), lambda: self._again(hop, lasts))

    def _again(self, hop: Hop, lasts: Callable[[], bool]) -> None:
        self._timer = None
        if lasts():
            self._ping(hop)
            self.keep(hop, lasts)
