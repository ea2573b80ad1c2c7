"""The packets of one stream that are in one recording: each counted once, by where it stands, not by when it came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from phone_recorder.recording.account import StreamCounts
from phone_recorder.recording.placement import EVER
from phone_recorder.recording.sequence import SequenceCounter
from phone_recorder.wire.rtp import SEQUENCE_MASK

MAX_STREAMS = 4
"""SSRCs that are remembered; of those heard before them only the counts are kept."""


Fate = Literal["laid", "late", "taken", "repeated", "other", "bad"]
"""What became of a datagram: taken, its places are; repeated, its sequence number is; other, it is not audio."""


class Tally:
    """`start` and `end` are places on the stream's timeline; `end` may be set later."""

    def __init__(self, start: int = 0, end: int = EVER) -> None:
        self.start = start
        self.end = end
        self.jumps = self.drifts = 0
        self._fates: dict[Fate, int] = dict.fromkeys(get_args(Fate), 0)
        self._met = 0
        self._sequences: dict[int, SequenceCounter] = {}  # the one heard last is the last
        self._ssrc = -1  # and this is it
        self._counter = SequenceCounter()
        self._lost_before = 0  # of SSRCs no longer remembered

    def note(self, fate: Fate, ssrc: int, sequence: int) -> None:
        """Count an RTP packet that is inside."""
        self._fates[fate] += 1
        if fate != "repeated":
            counter = self._counter if ssrc == self._ssrc else self._turn_to(ssrc)
            counter.take(sequence)

    def note_run(self, ssrc: int, first: int, packets: int) -> None:
        """Count so many packets that are inside, were laid, and have the numbers from `first` on."""
        counter = self._counter if ssrc == self._ssrc else self._turn_to(ssrc)
        if counter.next == first and counter.received:
            self._fates["laid"] += packets
            counter.take_run(packets)
            return
        for number in range(first, first + packets):
            self.note("laid", ssrc, number & SEQUENCE_MASK)

    def go_on(self, ssrc: int, ahead: int, seen: int, depth: int, fates: Mapping[Fate, int]) -> None:
        """Count packets that are inside, as SequenceCounter.go_on has them; how many of them had each fate."""
        counter = self._counter if ssrc == self._ssrc else self._turn_to(ssrc)
        counter.go_on(ahead, seen, sum(fates.values()) - fates.get("repeated", 0), 0, depth)
        for fate, packets in fates.items():
            self._fates[fate] += packets

    def note_bad(self) -> None:
        """Count a datagram that is no RTP."""
        self._fates["bad"] += 1

    @property
    def counts(self) -> StreamCounts:
        """What has come so far."""
        fates = self._fates
        return StreamCounts(
            received=sum(fates.values()) - fates["repeated"],
            lost=self._lost_before + sum(counter.lost for counter in self._sequences.values()),
            late=fates["late"],
            duplicate=fates["repeated"] + fates["taken"],
            bad=fates["bad"],
            other=fates["other"],
            ssrc_changes=max(self._met - 1, 0),
            jumps=self.jumps,
            drifts=self.drifts,
        )

    def _turn_to(self, ssrc: int) -> SequenceCounter:
        """The counter of another SSRC than the last one; the one not heard for longest makes room."""
        known = self._sequences.pop(ssrc, None)
        self._ssrc, self._counter = ssrc, known or self._meet()
        self._sequences[ssrc] = self._counter
        return self._counter

    def _meet(self) -> SequenceCounter:
        if len(self._sequences) == MAX_STREAMS:
            self._lost_before += self._sequences.pop(next(iter(self._sequences))).lost
        self._met += 1
        return SequenceCounter()
