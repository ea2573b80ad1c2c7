"""What the phones of one Locust process share during a test: their plan, their numbers, and the media process."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace

import gevent

from phone_recorder.adapters.clock import Clock, LiveClock
from phone_recorder.bulk.fleet.bottleneck import check_source, lacking
from phone_recorder.bulk.fleet.fleet import run_of
from phone_recorder.bulk.fleet.media_child_messages import Second
from phone_recorder.bulk.fleet.no_server import no_server, none_reached
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.script import call_of
from phone_recorder.bulk.locust.call import CallSite, RecordedCall, RecordingFailed, Step
from phone_recorder.bulk.locust.media_process import Media, MediaProcess
from phone_recorder.bulk.locust.options import SLOTS
from phone_recorder.errors import UsageError
from phone_recorder.recording.units import to_seconds

MOST_CALLS = (1 << 31) // SLOTS
"""Of one process, until its flows begin again: the voice `pattern` tells so many apart."""
_LOOK_S = 0.02
_IDLE_S = 1.0
_NOTICE_S = 5.0


def own_sources(plan: FleetPlan) -> tuple[str, ...]:
    """Those that phones can call from on this machine; UsageError if there are some, and it has none of them."""
    own = []
    why: UsageError | None = None
    for source in plan.sources:
        try:
            check_source(source, plan.server)
            own.append(source)
        except UsageError as error:
            why = why or error
    if why and not own:
        raise why
    return tuple(own)


class WorkerSite:
    """Of the process with this index of Locust's, from 0 on; UsageError if there are more of them than SLOTS.

    Of the plan's sources it has those that are addresses of this machine; UsageError if none is. `tell` has each step
    of each call, `told` each second of its media.
    """

    def __init__(
        self,
        plan: FleetPlan,
        voice: str,
        index: int,
        tell: Callable[[Step], object],
        told: Callable[[Second], object],
        clock: Clock | None = None,
    ) -> None:
        if not 0 <= index < SLOTS:
            raise UsageError(f"at most {SLOTS} workers can take part, and this is number {index + 1}")
        self.plan = plan = replace(plan, sources=own_sources(plan))
        self.calling = 0
        """How many calls are going on."""
        self._clock = clock or LiveClock()
        self.media = Media(lambda: MediaProcess(plan, voice, told), self._clock)
        self._index = index
        self._tell_others = tell
        self._reached = False  # whether a phone has ever been connected
        self._phones = self._calls = 0
        self._run = ""
        self._leaving = False

    def next_phone(self) -> int:
        """The number of another phone, which no phone of any other process has."""
        self._phones += 1
        return (self._phones - 1) * SLOTS + self._index

    def make_call(self, phone: int) -> float:
        """Make a recorded call, from its begin to its end; seconds of rest after it."""
        if self._leaving:
            return _IDLE_S
        number = self._calls % MOST_CALLS
        self._calls += 1
        if not number:
            # A server takes an id once, and those of a run are used up.
            self._run = run_of(secrets.randbits)
        call = call_of(self.plan, self._index, number)
        site = CallSite(self.plan, self._run, self._clock, self.media, self._tell, lambda: self._leaving)
        self.calling += 1
        try:
            RecordedCall(site, phone, call, self._source_of(phone)).carry_out()
        finally:
            self.calling -= 1
        return to_seconds(call.rest)

    def leave(self) -> None:
        """Have all phones end their calls in order, and call no more; wait until they have ended."""
        self._leaving = True
        # The answers to a start and a stop may have to be waited for, and it takes a while to notice.
        with gevent.Timeout(2 * to_seconds(self.plan.policy.timeout) + _NOTICE_S, False):
            while self.calling:
                gevent.sleep(_LOOK_S)

    def close(self) -> None:
        """End the media process."""
        self.media.close()

    def _tell(self, step: Step) -> None:
        """As long as no server was ever reached, with what to do about that."""
        reason = str(step.failure or "")
        if step.name == "start" and not reason.startswith(lacking("")):
            self._reached = True
        if not self._reached and none_reached((reason,)):
            failure = RecordingFailed(f"{reason} ({no_server(self.plan.server, '-H')})")
            step = step._replace(failure=failure)
        self._tell_others(step)

    def _source_of(self, phone: int) -> str:
        """In turn for the phones of this process, whose numbers lie SLOTS apart."""
        return self.plan.source_of(phone // SLOTS + self._index)
