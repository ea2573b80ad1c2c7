"""What a soak has found, and whether it is as it should be. Instants and lengths are units unless a name says else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from phone_recorder.recording.units import SECOND
from tests.agent.numbered_legs import FRAME, Leg
from tests.agent.recorded_legs import Recorded, Span, dropped_in, missing
from tests.agent.rtp_sender import Sent

MOST_GROWTH = 0.05
MOST_OFF_MS = 20.0
WARM = 0.1
"""Share of the time after which memory should have come to rest."""


class Pressed(NamedTuple):
    """When a key was asked for, and when the answer was there: it was taken somewhere between."""

    asked: int
    answered: int


class Sample(NamedTuple):
    """Memory, so long after the recording began."""

    seconds: float
    rss_mb: float


@dataclass(frozen=True)
class Memory:
    """At a tenth of the time and at its end, in MB; the slope is that of the line through what lies between."""

    warm: float
    end: float
    slope_per_hour: float

    @property
    def growth(self) -> float:
        """As a share of what it was."""
        return self.end / self.warm - 1


def memory(samples: Sequence[Sample]) -> Memory:
    """Of three samples or more."""
    warm = [sample for sample in samples if sample.seconds >= WARM * samples[-1].seconds]
    mean_s, mean_mb = (sum(column) / len(warm) for column in zip(*warm, strict=True))
    spread = sum((seconds - mean_s) ** 2 for seconds, _ in warm)
    rise = sum((seconds - mean_s) * (mb - mean_mb) for seconds, mb in warm)
    return Memory(warm[0].rss_mb, warm[-1].rss_mb, rise / spread * 3600)


@dataclass(frozen=True)
class Keys:
    """Start, stop, and each pause with what ended it."""

    start: Pressed
    stop: Pressed
    pauses: tuple[tuple[Pressed, Pressed], ...]

    @property
    def elapsed(self) -> Span:
        """The shortest and the longest that it may have been from start to stop."""
        return _between(self.start, self.stop)

    @property
    def paused(self) -> Span:
        """Likewise of all pauses. Each takes the frames with it in which it begins and ends."""
        spans = [_between(begun, over) for begun, over in self.pauses]
        return Span(sum(span.begun for span in spans), sum(span.over + 2 * FRAME for span in spans))

    @property
    def recorded(self) -> list[Span]:
        """Stretches in which all must have been recorded."""
        edges = [self.start, *(key for pause in self.pauses for key in pause), self.stop]
        return [Span(begun.answered, over.asked) for begun, over in zip(edges[::2], edges[1::2], strict=True)]


@dataclass(frozen=True)
class Findings:
    """`account` is the agent's own of the recording, `found` what its files have, `legs` all that was sent.

    `sent` are the sender's counts of the same legs.
    """

    samples: Sequence[Sample]
    keys: Keys
    account: Mapping[str, Any]
    found: Recorded
    legs: Mapping[str, Leg]
    sent: Mapping[str, Sent]

    @property
    def paused(self) -> int:
        """As the agent tells it: a pause is whole frames, which nobody outside knows."""
        seconds: float = self.account["paused_s"]
        return round(seconds * SECOND)

    @property
    def off_ms(self) -> float:
        """By how much files and pauses together are longer than the time that has passed, or shorter if below 0."""
        return _outside(self.found.units + self.paused, self.keys.elapsed)

    def counts(self, leg: str) -> Mapping[str, int]:
        """The agent's of a leg."""
        return next((row for row in self.account["streams"] if row["name"] == leg), {"lost": -1})

    def missing(self, leg: str) -> int:
        """Packets that came while all was recorded, and are in no file."""
        return missing(self.legs[leg], self.found.legs[leg], self.keys.recorded)

    def dropped(self, leg: str) -> tuple[int, int]:
        """How many of the packets in the recording's time were dropped, at least and at most."""
        return dropped_in(self.legs[leg], Span(self.keys.start.answered, self.keys.stop.asked))

    def problems(self, look_at_memory: bool = True) -> Iterator[str]:
        """What is not as it should be, a sentence each."""
        if look_at_memory and memory(self.samples).growth > MOST_GROWTH:
            yield f"memory grew by {memory(self.samples).growth:.1%}, more than {MOST_GROWTH:.0%}"
        if abs(self.off_ms) > MOST_OFF_MS:
            yield f"the files are {self.off_ms:+.1f} ms off, more than {MOST_OFF_MS:.0f} ms"
        if abs(off := _outside(self.paused, self.keys.paused)) > MOST_OFF_MS:
            yield f"the pauses are {off:+.1f} ms off, more than {MOST_OFF_MS:.0f} ms"
        if self.account["state"] != "recorded":
            yield f"the recording is {self.account['state']}: {self.account['reason']}"
        if self.found.broken:
            yield f"{self.found.broken} frames are neither silence nor what was sent"
        for leg in self.legs:
            yield from self._problems_of(leg)

    def _problems_of(self, leg: str) -> Iterator[str]:
        counts, (least, most) = self.counts(leg), self.dropped(leg)
        if not least <= counts["lost"] <= most:
            yield f"{leg}: {counts['lost']} packets are told to be lost, and {least} to {most} were"
        if disordered := self.found.legs[leg].disordered:
            yield f"{leg}: {disordered} packets are out of order or doubled in the files"
        # Where a clock is put right a packet may have to give way; one that came too late is nowhere.
        excused = counts.get("drifts", 0) + counts.get("late", 0)
        if (gone := self.missing(leg)) > excused:
            yield f"{leg}: {gone} packets came and are in no file, and only {excused} may be"


def lines(findings: Findings) -> Iterator[str]:
    """All of it in words."""
    held, account = memory(findings.samples), findings.account
    yield f"memory at 10 % of the time: {held.warm:.2f} MB"
    yield f"memory at the end:          {held.end:.2f} MB ({held.growth:+.1%}; {held.slope_per_hour:+.2f} MB an hour)"
    files, paused = findings.found.units / SECOND, findings.paused / SECOND
    elapsed = findings.keys.elapsed.over / SECOND
    parts = len(account["parts"])
    yield f"recorded: {files:.3f} s in {parts} files, and {len(findings.keys.pauses)} pauses of {paused:.3f} s in all"
    yield f"elapsed:  {elapsed:.3f} s, so the files are off by {findings.off_ms:+.1f} ms beyond what is measured"
    for leg, sent in findings.sent.items():
        yield from _lines_of(findings, leg, sent)


def _lines_of(findings: Findings, leg: str, sent: Sent) -> Iterator[str]:
    counts, (least, most), packets = findings.counts(leg), findings.dropped(leg), findings.found.legs[leg]
    yield (
        f"{leg}: {sent.sent} packets sent, {sent.dropped} dropped ({least} to {most} while recording), "
        f"{counts['lost']} told lost; one was {sent.late_ms:.0f} ms late at most"
    )
    yield (
        f"{leg}: {len(packets.numbers)} are known again in the files, {packets.disordered} out of order, "
        f"{findings.missing(leg)} came and are missing; {counts.get('drifts', 0)} corrections of drift"
    )


def _between(earlier: Pressed, later: Pressed) -> Span:
    return Span(later.asked - earlier.answered, later.answered - earlier.asked)


def _outside(length: int, span: Span) -> float:
    """Milliseconds by which a length lies outside of what it may be."""
    units = max(length - span.over, 0) + min(length - span.begun, 0)
    return units * 1000 / SECOND
