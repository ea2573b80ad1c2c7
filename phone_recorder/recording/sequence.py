"""Sequence numbers of one SSRC: which packets are new, and how many never came (RFC 3550 appendices A.1 and A.3)."""

from __future__ import annotations

from phone_recorder.wire.rtp import SEQUENCE_MASK, sequence_delta

MAX_DROPOUT = 3000
"""A leap of more numbers than this is a restart of the sender, not a loss (RFC 3550 appendix A.1)."""

_WINDOW = (1 << MAX_DROPOUT + 1) - 1


class SequenceCounter:
    """Knows the last MAX_DROPOUT numbers one by one."""

    __slots__ = ("_first", "_highest", "_lost_before", "_seen", "_since_first", "duplicate", "newest", "received")

    def __init__(self) -> None:
        self.received = 0
        self.duplicate = 0
        self.newest = False
        """Whether the last packet taken was ahead of all before it."""
        self._lost_before = 0
        self._since_first = 0
        self._first = self._highest = -1
        self._seen = 0  # bit n: number `highest - n` has come

    def take(self, sequence: int) -> bool:
        """Count a packet. False if it has come before."""
        delta = sequence_delta(sequence, self._highest & SEQUENCE_MASK)
        if not self._seen or abs(delta) > MAX_DROPOUT:
            self._restart(sequence)
        elif delta > 0:
            self._highest += delta
            self._seen = (self._seen << delta | 1) & _WINDOW
            self.newest = True
        elif self._seen >> -delta & 1:
            self.duplicate += 1
            return False
        else:
            self._seen |= 1 << -delta
            self._first = min(self._first, self._highest + delta)
            self.newest = False
        self.received += 1
        self._since_first += 1
        return True

    @property
    def next(self) -> int:
        """The number after the highest."""
        return (self._highest + 1) & SEQUENCE_MASK

    def take_run(self, packets: int) -> None:
        """Count so many packets that are next in order."""
        self._highest += packets
        self._seen = (self._seen << packets | (1 << packets) - 1) & _WINDOW
        self.received += packets
        self._since_first += packets
        self.newest = True

    @property
    def seen(self) -> int:
        """Bit n: the number n below the highest has come."""
        return self._seen

    def go_on(self, ahead: int, seen: int, received: int, duplicate: int, depth: int) -> None:
        """Count what somebody else has counted since: it is `ahead` so many numbers, the lowest `depth` below that."""
        self._highest += ahead
        self._seen = seen & _WINDOW
        self.received += received
        self.duplicate += duplicate
        self._since_first += received
        if received:
            self._first = min(self._first, self._highest - depth)

    @property
    def lost(self) -> int:
        """Numbers skipped and not made good so far."""
        return self._lost_before + self._highest - self._first + 1 - self._since_first if self._seen else 0

    def _restart(self, sequence: int) -> None:
        self._lost_before = self.lost
        self._since_first = 0
        self._first = self._highest = sequence
        self._seen = 1
        self.newest = True
