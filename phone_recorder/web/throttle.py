"""How often somebody may be wrong at logging in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phone_recorder.server.access import site_of

MOST_KEPT = 10_000
"""Hosts, and users, that are remembered."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`burst` failures at once, then one in `every_s` seconds."""

    burst: int
    every_s: float


ONE_HOST = Pace(5, 30.0)
ONE_USER = Pace(20, 10.0)
"""Slower than all together, and faster than one host: others must not easily keep a user out."""
ALL_HOSTS = Pace(50, 1.0)


class LoginThrottle:
    """Holds back each client address, the tries for each user, and all together.

    A try is counted before it is made, so that many at once are no way round, and given back when it was right: that
    try, and none of those that were wrong. `now` is a clock in seconds that never goes back.
    """

    def __init__(
        self, now: Callable[[], float], host: Pace = ONE_HOST, user: Pace = ONE_USER, everyone: Pace = ALL_HOSTS
    ) -> None:
        self._now = now
        self._hosts, self._users, self._everyone = _Failures(host), _Failures(user), _Failures(everyone)

    def __len__(self) -> int:
        """Hosts and users that are remembered."""
        return len(self._hosts) + len(self._users)

    def take(self, host: str, user: str) -> float:
        """Count a try of this host for this user: 0 if it may be made, else the seconds until it may."""
        now, counted = self._now(), self._counted(host, user)
        wait = max(failures.wait(key, now) for failures, key in counted)
        if wait == 0:
            for failures, key in counted:
                failures.add(key, now)
        return wait

    def give_back(self, host: str, user: str) -> None:
        """The try that this host has made for this user was right."""
        for failures, key in self._counted(host, user):
            failures.take_back(key)

    def _counted(self, host: str, user: str) -> tuple[tuple[_Failures, str], ...]:
        return (self._hosts, site_of(host)), (self._users, user), (self._everyone, "")


class _Failures:
    """Of each key the instant at which it has nothing to make up for; later than now while it has."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._until: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._until)

    def wait(self, key: str, now: float) -> float:
        """Seconds until one more failure would not be one too many."""
        return max(self._until.get(key, now) - now - (self._pace.burst - 1) * self._pace.every_s, 0.0)

    def add(self, key: str, now: float) -> None:
        self._make_room(now)
        self._until[key] = max(self._until.get(key, now), now) + self._pace.every_s

    def take_back(self, key: str) -> None:
        if key in self._until:
            self._until[key] -= self._pace.every_s

    def _make_room(self, now: float) -> None:
        if len(self._until) >= MOST_KEPT:
            self._until = {key: until for key, until in self._until.items() if until > now}
        while len(self._until) >= MOST_KEPT:
            del self._until[min(self._until, key=lambda key: self._until[key])]
