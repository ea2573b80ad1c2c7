"""How often something may happen: token buckets, one alone or one for each host. `now` is in units of 1/8000 s."""

from __future__ import annotations

from phone_recorder.recording.units import SECOND
from phone_recorder.server.access import site_of

MOST_HOSTS = 10_000
SWEEP = SECOND // 10
"""Looking through all hosts takes about a millisecond: ten times a second it may."""


class RateLimit:
    """A token bucket: `burst` times at once, `rate_per_s` times a second for ever. It is full at first."""

    __slots__ = ("_credit", "_full", "_rate", "_seen_at")

    def __init__(self, rate_per_s: int, burst: int) -> None:
        self._rate = rate_per_s
        self._credit = self._full = burst * SECOND  # a token is SECOND of credit, so that all stays whole numbers
        self._seen_at: int | None = None

    def take(self, now: int) -> bool:
        """Whether it may happen once more; takes a token if so. What is refused costs nothing."""
        self._fill(now)
        allowed = self._credit >= SECOND
        if allowed:
            self._credit -= SECOND
        return allowed

    def full(self, now: int) -> bool:
        """Whether it is as it was at first."""
        self._fill(now)
        return self._credit == self._full

    def _fill(self, now: int) -> None:
        elapsed = 0 if self._seen_at is None else max(now - self._seen_at, 0)
        self._seen_at = now
        self._credit = min(self._credit + elapsed * self._rate, self._full)


class RateLimits:
    """A bucket for each host (each /64 of IPv6), in memory for `most` of them.

    A host whose bucket is full again is as good as one that was never seen: only such hosts are forgotten, so nobody
    who is being held back goes free because others came. While `most` hosts have buckets that are not full, newcomers
    are refused: to keep it so takes `most` x `rate_per_s` connections a second.
    """

    def __init__(self, rate_per_s: int, burst: int, most: int = MOST_HOSTS) -> None:
        self._rate = rate_per_s
        self._burst = burst
        self._most = most
        self._buckets: dict[str, RateLimit] = {}
        self._swept_at: int | None = None

    def __len__(self) -> int:
        """Hosts that are remembered."""
        return len(self._buckets)

    def take(self, host: str, now: int) -> bool:
        """Whether this host may once more; takes one of its tokens if so."""
        key = site_of(host)
        bucket = self._buckets.get(key)
        if bucket is None:
            if not self._has_room(now):
                return False
            bucket = self._buckets[key] = RateLimit(self._rate, self._burst)
        return bucket.take(now)

    def _has_room(self, now: int) -> bool:
        if len(self._buckets) >= self._most and (self._swept_at is None or now - self._swept_at >= SWEEP):
            self._swept_at = now
            self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.full(now)}
        return len(self._buckets) < self._most
