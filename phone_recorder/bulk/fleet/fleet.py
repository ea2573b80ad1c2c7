"""A fleet at work: phones that begin at the ramp, the tick of their media, and what there is to tell of it.

It has no loop of its own: whoever runs it calls `advance` at each tick (live.py), or lets virtual time pass.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from phone_recorder.adapters.clock import Clock
from phone_recorder.bulk.fleet.bottleneck import Watch
from phone_recorder.bulk.fleet.phone_table import IDLE, Event
from phone_recorder.bulk.fleet.phones import Phone
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.site import OpenLink, Outcome, Site, StreamMedia
from phone_recorder.bulk.fleet.snapshot import Snapshot
from phone_recorder.bulk.fleet.statistics import Tally
from phone_recorder.bulk.fleet.timers import Timers
from phone_recorder.recording.units import SECOND, from_ms, to_seconds

TICK = from_ms(10)
PATIENCE = from_ms(6)
"""So long a tick may be with the alarms of phones: media must not wait longer for a thousand that begin at once. Where
media itself takes longer than that, as long as it took."""
LEAVING = 2 * SECOND
"""Over so long phones leave when the run ends: a server under load is not stopped a thousand times in one moment."""


class Fleet:
    """`run`, 16 hex digits, is another for each run against the same server. `told` of each call that is over.

    The run begins with the first `advance`, which is then due each TICK. `cpu_s`: seconds of a core used so far.
    """

    def __init__(
        self,
        plan: FleetPlan,
        media: StreamMedia,
        open_link: OpenLink,
        clock: Clock,
        run: str,
        told: Callable[[Outcome], object] = id,
        cpu_s: Callable[[], float] = time.process_time,
    ) -> None:
        self.plan = plan
        self.tally = Tally()
        self._clock = clock
        self._media = media
        self._timers = Timers()
        now = clock.now()
        self._began, self._due, self._ticked = now, now, now
        self._watch = Watch(now, cpu_s)
        self._patience = PATIENCE
        self._leaves_at: int | None = None
        site = Site(
            plan,
            run,
            clock,
            self._timers,
            self.tally,
            media,
            open_link,
            self._next_tick,
            self._admit,
            self._expects,
            told,
        )
        self._phones = [Phone(n, site, now + plan.begins_at(n)) for n in range(plan.phones)]
        self._leaving: Iterator[Phone] = iter(self._phones)
        self._left = 0

    @property
    def over(self) -> bool:
        """Whether nobody is in a call, nor will be."""
        busy = self.plan.phones - self.tally.count(*IDLE)
        return not busy and (self._left == self.plan.phones or not self._timers or self._no_calls_left())

    def advance(self, now: int) -> None:
        """Let everything happen that is due; how late this tick is, is noted."""
        late = max(now - self._due, 0)
        self.tally.loop_lag.add(to_seconds(late))
        self._watch.tick(late > self.plan.frame)
        if now - self._ticked > self.plan.frame:
            # After a stall of ours: all that was due is said before anybody ends their talk.
            self._media.tick(now)
        self._end_if_due(now)
        for number in self._timers.gone_off(now):
            self._phones[number].wake(now)
            if self._clock.now() - now > self._patience:
                break
        before = self._clock.now()
        self._media.tick(now)
        self._patience = max(PATIENCE, self._clock.now() - before)
        self._ticked = now
        self._due = self._next_tick(now + 1)
        self._watch.look(now, lambda: self._media.totals().unsent, self.tally.failures.by_reason)

    @property
    def due(self) -> int:
        """When the next tick is."""
        return self._due

    def stop(self) -> None:
        """End in order: no calls begin any more, and phones in a call stop it, spread over LEAVING."""
        if self._leaves_at is None:
            self._leaves_at = self._clock.now()

    def break_off(self) -> None:
        """End at once: every connection is closed, whatever it waits for."""
        self.stop()
        self._left = self.plan.phones
        for phone in self._phones:
            if phone.state not in IDLE:
                phone.happen(Event.BREAK_OFF)

    @property
    def stopping(self) -> bool:
        """Whether it was asked to end, or its time is over."""
        return self._leaves_at is not None

    def snapshot(self) -> Snapshot:
        """What was done so far. When the run is over, `bottleneck` is what limited it the longest."""
        counted = self._media.totals().noted_in(self.tally.snapshot(), self._media.lateness())
        return replace(
            counted,
            at_s=to_seconds(self._clock.now() - self._began),
            phones=self.plan.phones,
            cpu_share=self._watch.second.cpu_share,
            bottleneck=self._watch.worst if self.over else self._watch.why,
        )

    def _next_tick(self, now: int) -> int:
        """The first tick from then on. Ticks are counted from the beginning, so that they do not drift."""
        return self._began + -(-(now - self._began) // TICK) * TICK

    def _admit(self, made: int) -> bool:
        """Whether a phone that has made so many calls may make another now."""
        return self._leaves_at is None and self._expects(made) and not self._no_calls_left()

    def _expects(self, made: int) -> bool:
        return self._leaves_at is None and not (self.plan.once and made) and not self._no_calls_left()

    def _no_calls_left(self) -> bool:
        return self.plan.all_made(self.tally.attempted)

    def _end_if_due(self, now: int) -> None:
        if self.plan.lasts and now - self._began >= self.plan.lasts:
            self.stop()
        if self._leaves_at is not None:
            share = min((now - self._leaves_at) / LEAVING, 1.0)
            wanted = max(int(self.plan.phones * share), 1)
            for phone in islice(self._leaving, max(wanted - self._left, 0)):
                self._left += 1
                phone.happen(Event.LEAVE)


def run_of(random_bits: Callable[[int], int]) -> str:
    """A run's part of the ids, out of so many random bits."""
    return f"{random_bits(64):016x}"
