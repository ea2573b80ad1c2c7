"""The course of a run: a snapshot a second, and what only all of them together tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from phone_recorder.bulk.fleet.snapshot import Snapshot

MOST_KEPT = 14_400
"""Snapshots, four hours of them. When there are more, every second is left out: a run of a week stays small."""

LEAST_STEP_S = 0.5
"""A snapshot that comes sooner takes the place of the one before: in no time there is no rate to speak of."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a threshold is held against: the newest snapshot; the mean use of a core, and the share of the run's time
    in which the fleet itself limited it, both None before a whole second was seen."""

    snapshot: Snapshot
    cpu_share: float | None = None
    limited_share: float | None = None


class Course:
    """Give it a snapshot each second, and in the end the last one."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = max(most, 2)
        self._kept: list[Snapshot] = []
        self._every = 1
        self._skipped = 0
        self._newest = Snapshot()
        self._seen_s = self._cpu_s = self._limited_s = 0.0

    def add(self, snapshot: Snapshot) -> None:
        """The next of them."""
        length = max(snapshot.at_s - self._newest.at_s, 0.0)
        self._seen_s += length
        self._cpu_s += snapshot.cpu_share * length
        self._limited_s += length if snapshot.bottleneck else 0.0
        self._note(snapshot)

    def end(self, last: Snapshot) -> None:
        """The run is over. Its `bottleneck` is of the whole run, and not of this moment."""
        self._note(last, moment=replace(last, bottleneck=""))

    @property
    def measured(self) -> Measured:
        """All that is known now."""
        if self._seen_s <= 0.0:
            return Measured(self._newest)
        return Measured(self._newest, self._cpu_s / self._seen_s, self._limited_s / self._seen_s)

    @property
    def kept(self) -> tuple[Snapshot, ...]:
        """The snapshots in their order, without reasons of failures; those that were left out have not been equal."""
        return tuple(self._kept)

    def recent(self, count: int) -> list[tuple[Snapshot, Snapshot]]:
        """The last of `steps`, so many at most."""
        few = self._kept[-count - 1 :]
        return list(pairwise(few if len(few) > count else [Snapshot(), *few]))

    def steps(self) -> Iterator[tuple[Snapshot, Snapshot]]:
        """Each of `kept` with the one before it; the first with a run that has not begun."""
        return pairwise((Snapshot(), *self._kept))

    def _note(self, snapshot: Snapshot, moment: Snapshot | None = None) -> None:
        self._newest = snapshot
        slim = replace(moment or snapshot, failures={})
        if self._kept and slim.at_s - self._kept[-1].at_s < LEAST_STEP_S:
            last = self._kept[-1]
            self._kept[-1] = replace(slim, cpu_share=last.cpu_share, bottleneck=last.bottleneck)
            return
        self._skipped += 1
        if self._skipped >= self._every or moment is not None:
            self._skipped = 0
            self._kept.append(slim)
        if len(self._kept) > self._most:
            self._kept = list(_halved(self._kept))
            self._every *= 2


def _halved(kept: Sequence[Snapshot]) -> Iterator[Snapshot]:
    """Of each two the later one; the last of all in any case."""
    for first, second in zip(kept[::2], kept[1::2], strict=False):
        yield _joined(first, second)
    if len(kept) % 2:
        yield kept[-1]


def _joined(first: Snapshot, second: Snapshot) -> Snapshot:
    """The later one, with what is of a moment told of both."""
    cpu = (first.cpu_share + second.cpu_share) / 2
    return replace(second, cpu_share=cpu, bottleneck=second.bottleneck or first.bottleneck)
