"""The recorder of one call: the record key, and a session for each recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from phone_recorder.errors import DestinationError, DriveFull, DriveGone, ServerLost, ServerUnreachable
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import State
from phone_recorder.recording.record_key import WAITING, Action, Event, Key, turn
from phone_recorder.recording.session import Session
from phone_recorder.recording.tally import Tally
from phone_recorder.recording.units import SECOND

Tallies = dict[str, Tally]


class Legs(Protocol):
    """The streams that a call's mix is made of, counted for each recording."""

    def tally(self, start: int) -> Tallies:
        """Count each from this instant on."""

    def drop(self, tallies: Tallies) -> None:
        """Count no more for these."""


class NoLegs:
    """A recorder that is given the mix alone knows nothing of what it is made of."""

    def tally(self, start: int) -> Tallies:
        return {}

    def drop(self, tallies: Tallies) -> None:
        """There is none."""


REASONS = {
    Event.PRESS: "record key",
    Event.STOP: "stopped",
    Event.CALL_ENDED: "call ended",
}
"""Why a recording ended, as its account and the stop request have it."""

REFUSALS = (Action.REFUSE_RECORDING, Action.REFUSE_NOT_RECORDING, Action.REFUSE_PAUSE, Action.REFUSE_DISABLED)
"""What a key asks for in vain."""

REFUSED = 5 * SECOND
"""So long it is told what a key has asked for in vain: after that what is true is told again."""

_EVENTS = {DriveFull: Event.DRIVE_FULL, DriveGone: Event.DRIVE_REMOVED}
_NEVER_PAUSED = ("sip_info",)
"""Modes in which a recording is somebody else's, who knows on and off alone."""
_WORTH_A_RETRY = (ServerLost, ServerUnreachable)
"""Not what the server has refused: that was its decision."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """What becomes of a recording whose server was lost: another one, after so many units, `attempts` times in a row.

    The guide ends the session there, and so do no attempts.
    """

    attempts: int = 0
    after: int = 2 * SECOND


NO_RETRY = RetryPolicy()
TOO_MANY = "too many recordings are being saved at once: wait until some of them are"
"""Why a recording has failed that a call, or this process, has nothing left for."""


@dataclass(frozen=True, slots=True)
class Status:
    """What is true of the record key and of the last recording; the face is derived from this alone.

    `destination` is None before the first recording; `refused` is what the last key asked for in vain; `attempt` is the
    number of the attempt by `retry` that is being made or comes next, 0 for a recording that a key has started;
    `earlier` is why an older recording has failed since the last key.
    """

    key: Key
    destination: State | None = None
    account: Account | None = None
    refused: Action | None = None
    attempt: int = 0
    retry: RetryPolicy = NO_RETRY
    earlier: str = ""


class Recorder:
    """`begin` makes the session of a recording that starts at an instant; `legs` counts what has come of the call."""

    def __init__(self, begin: Callable[[int], Session], legs: Legs, retry: RetryPolicy = NO_RETRY) -> None:
        self.key = Key.IDLE
        self.enabled = True
        """Whether a key can start a recording; one that runs can be stopped whether or not."""
        self.accounts: list[Account] = []
        """Every recording of this call, oldest first."""
        self._begin = begin
        self._legs = legs
        self._current: Session | None = None
        self._running: list[tuple[Session, Tallies]] = []
        self._refused: Action | None = None
        self.refused_until: int | None = None
        """The instant until which it is told what a key has asked for in vain."""
        self._retry = retry
        self._attempt = 0
        self.waits_until = 0
        """The instant of the next attempt, while the key waits for one."""
        self._earlier = ""

    @property
    def status(self) -> Status:
        """What is true now."""
        session = self._current
        if session is None:
            return Status(self.key, refused=self._refused)
        state, account = session.state, session.account
        return Status(self.key, state, account, self._refused, self._attempt, self._retry, self._earlier)

    @property
    def wanted_from(self) -> int | None:
        """The instant from which on somebody still listens; None if nobody does. An earlier recording may be ending."""
        return min((session.start for session, _ in self._running), default=None)

    @property
    def unsaved(self) -> int:
        """How many recordings are not at their end."""
        return len(self._running)

    def press(self, now: int, event: Event) -> None:
        """A key, or the end of the call."""
        self._earlier = ""
        if event is Event.PAUSE and self._current and self._current.destination.mode in _NEVER_PAUSED:
            event = Event.PAUSE_IMPOSSIBLE
        if not self.enabled and turn(self.key, event)[1] is Action.START:
            event = Event.START_IMPOSSIBLE
        self._turn(now, event)

    def _turn(self, now: int, event: Event) -> None:
        key, action = turn(self.key, event)
        self._refused = action if action in REFUSALS else None
        self.refused_until = now + REFUSED if self._refused else None
        match action:
            case Action.START:
                self._attempt = 0
                self._start(now)
            case Action.RETRY:
                self._start(now)
            case Action.RETRY_PAUSED:
                self._start(now)
                self._session.pause(now)
            case Action.STOP:
                self._stop(now, REASONS[event])
            case Action.PAUSE:
                self._session.pause(now)
            case Action.RESUME:
                self._session.resume(now)
            case Action.WAIT:
                self._attempt += 1
                self.waits_until = now + self._retry.after
            case Action.GIVE_UP:
                self._attempt = 0
        # Last: a recording that cannot even begin, by an error of ours, leaves the key where it was.
        self.key = key

    def receive(self, datagrams: list[tuple[int, bytes]]) -> None:
        """Datagrams of the mixed stream, each with the instant at which it came."""
        for session, _ in self._running:
            session.receive_all(datagrams)

    def note_gap(self, leg: str, instant: int, length: int) -> None:
        """Audio of one leg never came."""
        for session, _ in self._running:
            session.note_gap(leg, instant, length)

    def advance(self, now: int) -> None:
        """Let every recording go on; call at each tick, the socket drained."""
        if self.refused_until is not None and now >= self.refused_until:
            self._refused = self.refused_until = None
        if self.key in WAITING and now >= self.waits_until:
            self._turn(now, Event.WAITED)
        for session, tallies in list(self._running):
            session.advance(now)
            if session.finished:
                self._running.remove((session, tallies))
                self._legs.drop(tallies)
                session.account.streams |= {name: tally.counts for name, tally in tallies.items()}
                self._finished(now, session)

    def abandon(self, now: int) -> None:
        """End every recording at once, whatever is missing: an error of ours must not leave half a file."""
        for session, _ in self._running:
            session.destination.close(now, "an error of the recorder")

    def _start(self, now: int) -> None:
        self._current = session = self._begin(now)
        self.accounts.append(session.account)
        self._running.append((session, self._legs.tally(session.start)))

    def _stop(self, now: int, reason: str) -> None:
        length = self._session.stop(now, reason)
        for session, tallies in self._running:
            if session is self._session:
                for tally in tallies.values():
                    tally.end = tally.start + length

    def _finished(self, now: int, session: Session) -> None:
        if session is not self._current:
            self._earlier = session.account.reason if session.error else self._earlier
            return
        if session.account.recorded:
            self._attempt = 0
        if session.error:
            self._turn(now, self._event_of(session.error))

    def _event_of(self, error: DestinationError) -> Event:
        if isinstance(error, _WORTH_A_RETRY) and self._attempt < self._retry.attempts:
            return Event.SERVER_LOST
        return next((event for kind, event in _EVENTS.items() if isinstance(error, kind)), Event.DESTINATION_FAILED)

    @property
    def _session(self) -> Session:
        assert self._current is not None, "the table has no such action before the first start"
        return self._current
