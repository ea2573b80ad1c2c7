"""The phones of a fleet in mode local: they rest, call, and rest again. Each of their calls is recorded.

A call is over when its recording has ended and both its legs have said all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush

from phone_recorder.adapters.clock import Clock
from phone_recorder.bulk.fleet.local_messages import End, Message, Said
from phone_recorder.bulk.fleet.local_recording import TAIL, Recording, flows_of, legs_of, length_of, ssrcs_of
from phone_recorder.bulk.fleet.phone_table import IDLE, Action, State
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.script import call_of
from phone_recorder.bulk.fleet.site import Outcome
from phone_recorder.bulk.fleet.statistics import Tally
from phone_recorder.bulk.live import LiveRecorder
from phone_recorder.errors import UsageError
from phone_recorder.recording.account import Account
from phone_recorder.recording.units import SECOND, from_ms, to_seconds

SLOT = from_ms(10)
"""Calls begin and end at whole slots, so that many of them wake this process once."""
PATIENCE = from_ms(50)
"""So long calls may begin and end before the recorder has its turn."""
STOP_REASON = "call ended"
FULL = "the drive is full"
_ALL_CLOSED = 4 * SECOND
"""After its stop a recording waits no longer than that for what is on its way."""

MakeRecorder = Callable[[Callable[[int, Account], object]], LiveRecorder]
"""Makes the recorder, which tells of each call that has ended."""


@dataclass(slots=True)
class _Phone:
    number: int
    state: State = State.RESTING
    calls: int = 0
    alarm: int | None = None
    recording: Recording | None = None


class Phones:
    """`files` tells how many files were made so far, `say` tells the sender; `over` is given each call that is over."""

    def __init__(
        self,
        plan: FleetPlan,
        recorder: MakeRecorder,
        files: Callable[[], int],
        say: Callable[[Message], object],
        clock: Clock,
        over: Callable[[Recording, Outcome], object],
    ) -> None:
        self.tally = Tally()
        self.recorder = recorder(self._ended)
        self.leaving = False
        """Whether no calls begin any more."""
        self._plan = plan
        self._files = files
        self._say = say
        self._clock = clock
        self._over = over
        self._began = clock.now()
        self._alarms: list[tuple[int, int]] = []
        self._recordings: dict[int, Recording] = {}  # by the recorder's number
        self._talking: dict[int, Recording] = {}  # by flow, those that have not said all
        self._phones = [_Phone(number) for number in range(plan.phones)]
        self.tally.states[State.RESTING] = plan.phones
        for phone in self._phones:
            self._rest(phone, self._began + plan.begins_at(phone.number))

    @property
    def over(self) -> bool:
        """Whether nobody is in a call, nor will be."""
        busy = self._plan.phones - self.tally.count(*IDLE)
        return not busy and (self.leaving or not self.tally.states[State.RESTING] or self._all_made())

    @property
    def due(self) -> int | None:
        """When `go_off` is to be called, if nothing else happens."""
        return self._alarms[0][0] if self._alarms else None

    def go_off(self, now: int) -> None:
        """Let calls begin and end that are due; those that take too long wait until the recorder had its turn."""
        while self._alarms and self._alarms[0][0] <= now and self._clock.now() - now < PATIENCE:
            instant, number = heappop(self._alarms)
            phone = self._phones[number]
            if phone.alarm != instant:
                continue
            phone.alarm = None
            if phone.state is State.RESTING:
                self._call(phone, instant)
            elif phone.recording and phone.recording.all_said:
                self._stop(phone.recording)

    def said(self, said: Said) -> None:
        """A leg has said all; nobody waits any more for one of an earlier call."""
        recording = self._talking.pop(said.flow, None)
        if recording is None:
            return
        recording.said[said.flow] = said.packets
        phone = self._phones[recording.phone]
        if recording.all_said and self.leaving:
            self._stop(recording)
        elif recording.all_said and phone.state is State.TALKING and phone.alarm is None:
            # Its talk came late, and the alarm went off before: it is not cut off.
            self._alarm(phone, self._clock.now() + TAIL)
        self._settle(recording)

    def leave(self) -> None:
        """No calls begin any more; those that are held end as soon as their legs have ended."""
        if self.leaving:
            return
        self.leaving = True
        for phone in self._phones:
            if phone.state is State.RESTING:
                self._become(phone, State.GONE)
        if self._talking:
            self._say(End(tuple(self._talking)))

    def fall_silent(self) -> None:
        """Nothing is said any more, and nobody tells what was said: recordings end, and are kept."""
        self.leave()
        silent = {id(one): one for one in (*self._talking.values(), *self._recordings.values())}
        self._talking.clear()
        for recording in silent.values():
            recording.talks, recording.given_up = False, True
            recording.said.clear()
            self._stop(recording)
            self._settle(recording)

    def break_off(self) -> None:
        """As `fall_silent`, and at once: what has come is recorded, and the rest is not waited for."""
        self.fall_silent()
        if self._recordings:
            self.recorder.tick(self._clock.now() + _ALL_CLOSED)

    def _call(self, phone: _Phone, wished: int) -> None:
        """Its next call, which it wished to make at that instant."""
        if self._all_made():
            self._become(phone, State.GONE)
            return
        plan, tally, now = self._plan, self.tally, self._clock.now()
        call = call_of(plan, phone.number, phone.calls)
        account, files = Account(f"{call.flow:032x}", "local", plan.payload.name), self._files()
        phone.calls += 1
        tally.attempted += 1
        try:
            begun = self.recorder.begin(now, account, *ssrcs_of(plan, call))
        except UsageError as error:
            tally.failures.add(str(error))
            self._next(phone, call.rest)
            return
        phone.recording = recording = Recording(phone.number, call, begun.call, account)
        self._recordings[begun.call] = recording
        if self._files() == files:
            # There is no file: the recorder tells why when it is asked to end.
            self._become(phone, State.CONNECTING)
            self._stop(recording)
            return
        tally.started += 1
        tally.start_latency.add(to_seconds(self._clock.now() - wished))
        self._become(phone, State.TALKING)
        self._alarm(phone, now + length_of(plan, call))
        recording.talks = True
        for leg in legs_of(plan, call, begun, now):
            self._talking[leg.flow] = recording
            self._say(leg)

    def _stop(self, recording: Recording) -> None:
        """Its recording ends here, unless it has ended already, or is about to."""
        phone = self._phones[recording.phone]
        if recording.ended or recording.stopped_at is not None:
            return
        recording.stopped_at = self._clock.now()
        phone.alarm = None
        if phone.state is State.TALKING:
            self._become(phone, State.STOPPING)
        self.recorder.stop(recording.number, recording.stopped_at, STOP_REASON)

    def _ended(self, number: int, account: Account) -> None:
        """Of the recorder."""
        recording = self._recordings.pop(number)
        recording.ended = True
        if recording.stopped_at is not None and account.state == "recorded" and not recording.given_up:
            self.tally.stop_latency.add(to_seconds(self._clock.now() - recording.stopped_at))
        phone = self._phones[recording.phone]
        if phone.state is State.TALKING:
            # The drive has failed: nobody need say more.
            phone.alarm = None
            self._become(phone, State.STOPPING)
        if still := tuple(flow for flow in flows_of(recording.call) if flow in self._talking):
            self._say(End(still))
        self._settle(recording)

    def _settle(self, recording: Recording) -> None:
        """Count it, if it is over."""
        if not (recording.ended and recording.all_said):
            return
        phone, why = self._phones[recording.phone], self._why_failed(recording.account)
        how = Action.FAIL if why else Action.GIVE_UP if recording.given_up else Action.END
        self.tally.ended += how is Action.END
        self.tally.given_up += how is Action.GIVE_UP
        if why:
            self.tally.failures.add(why)
        phone.recording = None
        self._over(recording, Outcome(phone.number, recording.call, how, why, recording.packets))
        self._next(phone, recording.call.rest)

    def _why_failed(self, account: Account) -> str:
        """Nothing if it has not."""
        if account.state != "recorded":
            # Those of one kind are counted as one: how few bytes were left differs.
            return FULL if account.reason.startswith(FULL) else account.reason
        fault = self.recorder.fault
        return f"the end may be lost: {fault}" if fault else ""

    def _next(self, phone: _Phone, rest: int) -> None:
        """Rest until the next call, if there is one."""
        if self.leaving or self._plan.once or self._all_made():
            self._become(phone, State.GONE)
        else:
            self._rest(phone, self._clock.now() + rest)

    def _rest(self, phone: _Phone, until: int) -> None:
        self._become(phone, State.RESTING)
        self._alarm(phone, until)

    def _become(self, phone: _Phone, state: State) -> None:
        self.tally.states[phone.state] -= 1
        self.tally.states[state] += 1
        phone.state = state

    def _alarm(self, phone: _Phone, instant: int) -> None:
        """At the first slot from then on."""
        phone.alarm = self._began + -(-(instant - self._began) // SLOT) * SLOT
        heappush(self._alarms, (phone.alarm, phone.number))

    def _all_made(self) -> bool:
        return self._plan.all_made(self.tally.attempted)
