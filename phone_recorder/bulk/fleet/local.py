"""A fleet in mode local: phones whose calls this process records onto a drive, both legs of each.

What they say comes from a process of its own, so that the use of a core that is told here is what recording costs. It
has no loop of its own: whoever runs it calls `advance` when that is `due`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

from phone_recorder.adapters.clock import Clock
from phone_recorder.bulk.fleet.bottleneck import LATE, Sign, Watch
from phone_recorder.bulk.fleet.local_messages import Checked, Counts, Message, Said
from phone_recorder.bulk.fleet.local_phones import MakeRecorder, Phones
from phone_recorder.bulk.fleet.local_recording import Recording
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.site import Outcome
from phone_recorder.bulk.fleet.snapshot import Snapshot
from phone_recorder.bulk.live import TICK
from phone_recorder.recording.units import to_seconds

_LATE_TICKS = "take longer than the 200 ms from one to the next, or come as late"


class Process(Protocol):
    """A child process (local_child.py)."""

    @property
    def trouble(self) -> str:
        """Why it is no more, in a sentence; "" while it is there."""

    def send(self, message: Message) -> None:
        """Tell it; never waits."""

    def received(self) -> list[Message]:
        """What it has told since."""


class LocalFleet:
    """The run begins when it is made. `files` tells how many files were made so far; without a `checker` none is looked
    at. `told` of each call that is over; `cpu_s`: seconds of a core that this process has used so far.
    """

    def __init__(
        self,
        plan: FleetPlan,
        recorder: MakeRecorder,
        files: Callable[[], int],
        sender: Process,
        checker: Process | None,
        clock: Clock,
        told: Callable[[Outcome], object] = id,
        cpu_s: Callable[[], float] = time.process_time,
    ) -> None:
        self.plan = plan
        self.trouble = ""
        """Why the run could not go on, in a sentence."""
        self._files = files
        self._sender, self._checker = sender, checker
        self._clock = clock
        self._told = told
        self._began = self._tick_at = clock.now()
        self._watch = Watch(self._began, cpu_s, _LATE_TICKS)
        self._phones = Phones(plan, recorder, files, sender.send, clock, self._call_over)
        self._counts, self._silent = Counts(), False
        self._lost = self._late = self._wrong = self._looked_at = self._dropped = 0
        self._unchecked: deque[int] = deque()  # files of each recording that is being looked at
        self._calls_over_at: int | None = None

    @property
    def over(self) -> bool:
        """Whether nobody is in a call, nor will be, and all is looked at that is to be looked at."""
        return self._phones.over and not self._unchecked

    @property
    def due(self) -> int:
        """When `advance` is to be called."""
        alarm = self._phones.due
        return self._tick_at if alarm is None else min(self._tick_at, alarm)

    def advance(self, now: int) -> None:
        """Let everything happen that is due."""
        self._hear()
        if self.plan.lasts and now - self._began >= self.plan.lasts:
            self.stop()
        self._phones.go_off(now)
        if (now := self._clock.now()) >= self._tick_at:
            self._tick(now)
        self._until()
        failures = self._phones.tally.failures.by_reason
        self._watch.look(now, lambda: self._counts.packets.unsent, failures, self._signs)

    def stop(self) -> None:
        """End in order: no calls begin any more, and those that are held end now."""
        self._phones.leave()

    def break_off(self) -> None:
        """End at once: what has come is recorded, and nothing else is waited for."""
        self._phones.break_off()
        self._unchecked.clear()

    @property
    def stopping(self) -> bool:
        """Whether it was asked to end, or its time is over."""
        return self._phones.leaving

    def snapshot(self) -> Snapshot:
        """What was done so far. When the run is over, `bottleneck` is what limited it the longest."""
        counted = self._counts.packets.noted_in(self._phones.tally.snapshot(), self._counts.lateness)
        return replace(
            counted,
            at_s=to_seconds(self._until() - self._began),
            phones=self.plan.phones,
            cpu_share=self._watch.second.cpu_share,
            bottleneck=self._watch.worst if self.over else self._watch.why,
            files=self._files(),
            frames_lost=self._lost,
            frames_wrong=self._wrong,
            frames_late=self._late,
            files_looked_at=self._looked_at,
        )

    def _until(self) -> int:
        """Now, or when the last call was over: while files are still looked at, nobody calls."""
        if self._calls_over_at is None and self._phones.over:
            self._calls_over_at = self._clock.now()
        return self._clock.now() if self._calls_over_at is None else self._calls_over_at

    def _tick(self, now: int) -> None:
        """The recorder's. Ticks are counted from the beginning, so that they do not drift."""
        late = max(now - self._tick_at, 0)
        self._phones.tally.loop_lag.add(to_seconds(late))
        self._phones.recorder.tick(now)
        done = self._clock.now()
        self._watch.tick(max(late, done - now) > TICK)
        self._tick_at = self._began + ((done - self._began) // TICK + 1) * TICK

    def _hear(self) -> None:
        """What the other processes have told."""
        for message in self._sender.received():
            if isinstance(message, Said):
                self._phones.said(message)
            elif isinstance(message, Counts):
                self._counts = message
        for message in self._checker.received() if self._checker else ():
            if isinstance(message, Checked) and self._unchecked:
                self._wrong += message.wrong
                self._lost += message.cut
                self._late += message.cut
                self._looked_at += self._unchecked.popleft()
        self._look_after_them()

    def _look_after_them(self) -> None:
        """Without those who talk there is nothing to record; without the checker nobody would know how well."""
        if self._checker and self._checker.trouble:
            self.trouble, self._checker = self._checker.trouble, None
            self._unchecked.clear()
            self.stop()
        if self._sender.trouble and not self._silent:
            self.trouble, self._silent = self._sender.trouble, True
            self._phones.fall_silent()

    def _call_over(self, recording: Recording, outcome: Outcome) -> None:
        self._lost += recording.lost
        self._late += recording.late
        if self._checker and recording.said and recording.account.parts:
            self._checker.send(recording.check(self.plan))
            self._unchecked.append(len(recording.account.parts))
        self._told(outcome)

    def _signs(self) -> Iterator[Sign]:
        """That only a recorder has, of the second that is over."""
        dropped = self._phones.recorder.dropped
        more, self._dropped = dropped - self._dropped, dropped
        yield "dropped", 1, f"the kernel had no room for {more} of the packets that came" if more else ""
        late = self._counts.late_share
        words = f"{late:.0%} of the ticks of the process that talks for the phones come later than a packet lasts"
        yield "late talk", 3, words if late > LATE else ""
