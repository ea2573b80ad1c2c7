"""One call of the phone's own program, from its begin until the last of its recordings is safe.

It does nothing by itself: whoever has it calls `advance` when it is `due`, and that is never while nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from phone_recorder import control_api as api
from phone_recorder.agent.streams import Streams
from phone_recorder.control_api.told import record_state
from phone_recorder.errors import DestinationError
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import Destination, NoDestination
from phone_recorder.recording.drive_view import NO_DRIVE, DriveView
from phone_recorder.recording.indicator import Indicator, show
from phone_recorder.recording.record_key import WAITING, Event, Key
from phone_recorder.recording.recorder import NO_RETRY, TOO_MANY, Recorder, RetryPolicy
from phone_recorder.recording.session import Session
from phone_recorder.recording.units import SECOND, to_seconds

SILENT = 3 * SECOND
"""After so long without RTP somebody should look whether it is sent to the right port."""
MOST_RECORDINGS = 20
"""Of a call, whose accounts are told."""
MOST_UNSAVED = 8
"""Of a call at a time, the one that runs among them: each has a thread that writes, or sockets."""
NewRecording = Callable[[int], tuple[Destination, Account]]
"""Where a recording that starts at an instant goes, and its account."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Since `instant` a recording keeps all, or while it is paused nothing, after the `kept` units before."""

    instant: int
    kept: int


@dataclass(frozen=True, slots=True)
class Rest:
    """The rest of a recording that a crash has cut: from `instant` on, after the `before` units that are kept.

    From the instant `paused_from` on, if there is one, it is paused.
    """

    destination: Destination
    account: Account
    instant: int
    before: int
    paused_from: int | None = None


class AgentCall:
    """`began` is an instant; `frame` and `tick` units: what has come is looked at each tick while it is recorded.

    `told` is the call as the phone's program has described it last. `new_recording` makes where one goes.
    """

    def __init__(
        self,
        told: api.ObservedCall,
        began: int,
        frame: int,
        tick: int,
        streams: Streams,
        new_recording: NewRecording,
        retry: RetryPolicy = NO_RETRY,
        enabled: bool = True,
    ) -> None:
        self.began = began
        self.streams = streams
        self.ended_at: int | None = None
        self.stretch: Stretch | None = None
        """Of the recording that was begun last, since it was begun, paused or resumed; None before the first."""
        self.recorder = Recorder(self._begin, streams, retry)
        self.recorder.enabled = enabled
        self._told = told
        self._frame = frame
        self._tick = tick
        self._new_recording = new_recording
        self.session: Session | None = None
        """Of the recording that was begun last."""
        self._rest: Rest | None = None
        self._foreign = 0
        self._next = began

    @property
    def id(self) -> str:
        """By which the phone's program names it."""
        return self._told.id

    @property
    def held(self) -> bool:
        """It is on hold."""
        return self._told.state == "held"

    @property
    def over(self) -> bool:
        """It has ended, and every recording of it is safe."""
        return self.ended_at is not None and self.asleep

    @property
    def due(self) -> int | None:
        """The instant at which it must be advanced; None while there is nothing to do."""
        if self.asleep:
            return self.recorder.refused_until
        return self._next if self.recorder.wanted_from is not None else max(self._next, self.recorder.waits_until)

    def silent(self, now: int) -> list[str]:
        """The streams of which nothing comes although they are recorded, and the call is not on hold."""
        since = self.recorder.wanted_from
        if since is None or self.held:
            return []
        inputs = self.streams.inputs.items()
        return [name for name, one in inputs if now - max(since, one.heard_at) >= SILENT]

    def told(self, now: int, current: bool = False) -> api.ObservedCall:
        """The call as the control API has it."""
        until = now if self.ended_at is None else self.ended_at
        return msgspec.structs.replace(self._told, seconds=to_seconds(until - self.began), current=current)

    def record_state(self, drive: DriveView = NO_DRIVE, news: str = "", brief: bool = False) -> api.RecordState:
        """What is being recorded of it, and the newest recordings that there were; `brief` leaves those out."""
        accounts = [] if brief else self.recorder.accounts[-MOST_RECORDINGS:]
        return record_state(self.recorder.key, self.indicator(drive, news), accounts, self.id)

    def indicator(self, drive: DriveView = NO_DRIVE, news: str = "") -> Indicator:
        """What the record indicator shows."""
        return show(self.recorder.status, drive, news)

    def listen(self) -> bool:
        """Whether any RTP of it has come, waiting or taken."""
        if self.asleep:
            self.streams.discard()
        return any(one.heard for one in self.streams.inputs.values())

    def change(self, **changes: object) -> None:
        """Something of what the phone's program says of it is another thing now."""
        self._told = msgspec.structs.replace(self._told, **changes)

    def press(self, now: int, event: Event) -> None:
        """The record key, or one of its events; nothing once the call has ended."""
        if self.ended_at is not None:
            return
        self._catch_up(now)
        self._press(now, event)

    def go_on(self, now: int, rest: Rest) -> bool:
        """Go on with a recording that a crash has cut, and with what has come since; False if it is too late for that.

        It is once the call has ended, a key has begun another recording, or recording was switched off.
        """
        if self.ended_at is not None or self.recorder.accounts or not self.recorder.enabled:
            return False
        self._rest = rest
        self.recorder.press(now, Event.START)
        if rest.paused_from is not None:
            self._turn(rest.paused_from, Event.PAUSE)
        self.advance(now)
        return True

    def advance(self, now: int) -> None:
        """Let what has come be recorded."""
        if not self.asleep:
            self._feed(now)
        self.recorder.advance(now)
        self.streams.follow(self.recorder.status, now)
        if now >= self._next:
            self._next += ((now - self._next) // self._tick + 1) * self._tick

    def end(self, now: int, reason: str = "") -> None:
        """The call is over; its recordings end with it."""
        if self.ended_at is not None:
            return
        self._catch_up(now)
        self._press(now, Event.CALL_ENDED)
        self.ended_at = now
        self.change(state="ended", reason=reason or self._told.reason)

    def close(self, now: int) -> None:
        """Give the ports back; what still runs is ended."""
        self.recorder.abandon(now)
        for one in self.streams.inputs.values():
            one.close()

    @property
    def asleep(self) -> bool:
        """Nothing of it is recorded, or is going to be by itself."""
        return self.recorder.wanted_from is None and self.recorder.key not in WAITING

    def _catch_up(self, now: int) -> None:
        """What came before a key counts as before it, and is nobody's where nothing is recorded."""
        if self.asleep:
            self.streams.discard()
            self._foreign = self._dropped
        else:
            self._feed(now)

    def _press(self, now: int, event: Event) -> None:
        self._turn(now, event)
        self.advance(now)

    def _turn(self, now: int, event: Event) -> None:
        before = self.recorder.key
        self.recorder.press(now, event)
        after, session = self.recorder.key, self.session
        if session and {before, after} == {Key.RECORDING, Key.PAUSED}:
            # The session pauses from the frame in which the key comes to the first one that is wholly after it.
            into = (now - session.start) % self._frame
            edge = now - into if after is Key.PAUSED else now + (-into) % self._frame
            self.stretch = Stretch(edge, session.kept_by(edge))

    def _begin(self, now: int) -> Session:
        rest, self._rest = self._rest, None
        if rest:
            destination, account, start, before = rest.destination, rest.account, rest.instant, rest.before
        else:
            (destination, account), start, before = self._new_recording(now), now, 0
            if self.recorder.unsaved >= MOST_UNSAVED:
                destination = NoDestination(destination.mode, DestinationError(TOO_MANY))
        self.session = session = self.streams.begin(start, destination, account, before)
        self.stretch = Stretch(session.start, before)
        # A frame after its start, and from there on each tick finds whole frames.
        self._next = now + self._frame
        return session

    def _feed(self, now: int) -> None:
        self.streams.feed(now, self.recorder)
        if self.session:
            self.session.account.foreign += self._dropped - self._foreign
        self._foreign = self._dropped

    @property
    def _dropped(self) -> int:
        """Datagrams of others, of which those of before a recording are none of its own."""
        return sum(one.foreign for one in self.streams.inputs.values())
