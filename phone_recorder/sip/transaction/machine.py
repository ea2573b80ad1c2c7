"""One transaction's state, and the timers that run in it. What its tables say is done here; nothing is decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phone_recorder.sip.timers import Timer, Timers
from phone_recorder.sip.transaction.states import TIMERS, Action, Event, Kind, Span, State, Times


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, and how long a transaction's timers run."""

    timers: Timers
    times: Times

    def seconds(self, event: Event, reliable: bool) -> float | None:
        """How long that timer runs; None: it does not."""
        spans = TIMERS[event]
        span: Span | None = spans.reliable if reliable else spans.udp
        return None if span is None else span.seconds(self.times)


_NEXT_WAIT: dict[Action, Callable[[float, Times], float]] = {
    Action.REPEAT_DOUBLED: lambda last, times: 2 * last,
    Action.REPEAT_DOUBLED_TO_T2: lambda last, times: min(2 * last, times.t2),
    Action.REPEAT_EACH_T2: lambda last, times: times.t2,
}
"""Seconds until a timer that repeats fires again, by what it has just done."""


class Machine:
    """Turns by the tables of a kind.

    `fired` is told when a timer fires, and turns the machine itself; `ended` is called once, at the end.
    """

    def __init__(
        self, kind: Kind, clock: Clock, reliable: bool, fired: Callable[[Event], None], ended: Callable[[], None]
    ) -> None:
        self.state = kind.first
        self._kind = kind
        self._clock = clock
        self._reliable = reliable
        self._fired = fired
        self._ended = ended
        self._running: dict[Event, Timer] = {}
        self._waits: dict[Event, float] = {}
        self._enter()

    def turn(self, event: Event) -> Action:
        """What is to be done about an event; the state and its timers have changed already."""
        before = self.state
        self.state, action = self._kind.table[before][event]
        if self.state is not before:
            self._enter()
        elif action in _NEXT_WAIT:
            self._start(event, _NEXT_WAIT[action](self._waits[event], self._clock.times))
        return action

    def _enter(self) -> None:
        """Timers that the state before had too go on."""
        timers = self._kind.timers[self.state]
        for event in self._running.keys() - set(timers):
            self._running.pop(event).cancel()
        for event in timers:
            if self._enters(event):
                return
        if self.state is State.TERMINATED:
            self._ended()

    def _enters(self, timer: Event) -> bool:
        """Start a timer of the new state. True: it has fired already, since it had no time to run."""
        seconds = self._clock.seconds(timer, self._reliable)
        if seconds == 0:
            self.turn(timer)
            return True
        if seconds is not None and timer not in self._running:
            self._start(timer, seconds)
        return False

    def _start(self, timer: Event, seconds: float) -> None:
        self._waits[timer] = seconds
        self._running[timer] = self._clock.timers.call_later(seconds, lambda: self._fire(timer))

    def _fire(self, timer: Event) -> None:
        del self._running[timer]
        self._fired(timer)
