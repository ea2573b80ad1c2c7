"""A call on the emulated phone: two parties, the mixer, the link to the recorder, the record key, the face.

It does nothing by itself: a shell calls `advance` with a clock's instants, the live one as they come, the fast one as
quick as it can. What is recorded hangs on the instants of packets and keys alone, never on how often that is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from phone_recorder.errors import UsageError
from phone_recorder.phone.keys import CallKey, KeyPress, OnCallKey, refuse_call_keys
from phone_recorder.phone.levels import Levels, levels_of
from phone_recorder.phone.party import Datagram, Party
from phone_recorder.phone.sent_tone import Toned
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import Destination
from phone_recorder.recording.drive_view import DriveView
from phone_recorder.recording.indicator import Indicator, IndicatorFacts, show
from phone_recorder.recording.mixed_stream import MixedStream, StreamPlan
from phone_recorder.recording.mixer import FAR, NEAR
from phone_recorder.recording.record_key import Event, Key
from phone_recorder.recording.recorder import NO_RETRY, Recorder, RetryPolicy, Status
from phone_recorder.recording.session import Session
from phone_recorder.recording.units import from_seconds
from phone_recorder.settings.record import Pause
from phone_recorder.wire.payload import Codec
from phone_recorder.wire.rtp import RtpSender

NEWS_AFTER = from_seconds(3)
"""How long the end of a recording is shown before the drive's news take its place."""


class MixLink(Protocol):
    """Carries the mixed stream as RTP from the phone's mixer to the local port that the recorder has bound."""

    def send(self, packets: list[bytes]) -> None:
        """From the mixer."""

    def receive(self) -> list[Datagram]:
        """What has come to the recorder, each with its instant."""

    def close(self) -> None:
        """Give the port back."""


@dataclass(frozen=True, slots=True)
class CallPlan:
    """A call that is going to happen. Lengths in units: `frame`, `horizon` of the mixer, `duration`, key presses.

    `tone`: what is recorded has the record tone in it; `enabled`: the record key can start a recording.
    """

    duration: int
    frame: int
    horizon: int
    codec: Codec
    pause: Pause
    keys: tuple[KeyPress, ...]
    retry: RetryPolicy = NO_RETRY
    tone: bool = False
    enabled: bool = True

    @property
    def stream(self) -> StreamPlan:
        """How it is mixed and recorded."""
        return StreamPlan(self.frame, self.horizon, self.codec, self.pause, self.tone)


class PhoneCall:
    """`destinations` makes where a new recording goes, and its account; `mixed` numbers the packets of the mix.

    `drive` tells at once what is true of the phone's USB drive. `on_key` is told keys of the call, such as hold;
    without it they are a UsageError.
    """

    def __init__(
        self,
        plan: CallPlan,
        start: int,
        parties: dict[str, Party],
        link: MixLink,
        mixed: RtpSender,
        destinations: Callable[[int], tuple[Destination, Account]],
        drive: Callable[[], DriveView] = DriveView,
        on_key: OnCallKey | None = None,
    ) -> None:
        if on_key is None:
            refuse_call_keys(plan.keys)
        self.start = start
        self.end = start + plan.duration
        self.indicator = Indicator()
        self.indicators: list[tuple[int, Indicator]] = [(0, self.indicator)]
        """Each screen that differs by more than its timer, with its instant from the start of the call."""
        self.facts = IndicatorFacts(Status(Key.IDLE))
        """What the indicator is derived from."""
        self._plan = plan
        self._parties = parties
        self._link = link
        self._destinations = destinations
        self._drive = drive
        self._on_key = on_key
        self._heard = drive().news
        self._news = ""  # of the drive, since the last recording began
        self._idle = True
        self._busy_at = start - NEWS_AFTER
        self._stream = MixedStream(plan.stream, start, mixed, self._gap)
        self._mixer = self._stream.mixer
        self._sound_tone(parties[NEAR])
        self.recorder = Recorder(self._begin, self._mixer, plan.retry)
        self.recorder.enabled = plan.enabled
        self._keys: list[KeyPress] = [(start + instant, key) for instant, key in plan.keys]
        self._keys.append((self.end, Event.CALL_ENDED))

    @property
    def over(self) -> bool:
        """The call has ended, and every recording is safe."""
        return not self._keys and self.recorder.wanted_from is None

    def advance(self, now: int) -> None:
        """All that happens until this instant: the mixer's part and the recorder's."""
        self.mix(now)
        self.record(now)

    def mix(self, now: int) -> None:
        """Keys, then audio: a recording that a key has just started must still find its first frame."""
        self._catch_up(now)
        packets = self._stream.mix(now, self.recorder.wanted_from)
        if packets:
            self._link.send(packets)

    def record(self, now: int) -> None:
        """The recorder's tick: drain its port, then let time pass for it."""
        self.recorder.receive(self._link.receive())
        self.recorder.advance(now)
        self._follow(now)
        view = self._drive()
        self.facts = facts = IndicatorFacts(self.recorder.status, view, self._news_of(view, now))
        self.indicator, before = show(facts.status, facts.drive, facts.news), self.indicator
        if self.indicator.differs(before):
            self.indicators.append((now - self.start, self.indicator))

    def press(self, now: int, key: Event | CallKey) -> None:
        """A person presses a key now, at an instant that is not before the last one; the screen follows at once.

        Nothing happens when the call has ended. UsageError for a key of the call where it has none.
        """
        if now >= self.end:
            return
        if isinstance(key, CallKey) and self._on_key is None:
            raise UsageError(f"only a real call can be put on hold: {key.value!r} does nothing in one that is made up")
        self._catch_up(now)
        self._press(now, key)
        self.advance(now)

    def watch_levels(self, on: bool) -> None:
        """Have levels to tell, or no more."""
        self._mixer.watched = on
        self._mixer.last = None

    def levels(self) -> Levels | None:
        """Of the frame that was mixed last, recorded or not; None while they are not watched, or the call is over."""
        if not self._mixer.watched or self.over:
            return None
        return levels_of(self._mixer.last, self._plan.frame)

    def hang_up(self, now: int) -> None:
        """End the call before its time; recordings end with it."""
        if now < self.end:
            self.end = now
            self._keys = [key for key in self._keys if key[0] <= now] + [(now, Event.CALL_ENDED)]

    def close(self, now: int) -> None:
        """Give back what the call holds; what still runs is ended."""
        self.recorder.abandon(now)
        self._link.close()

    def _news_of(self, drive: DriveView, now: int) -> str:
        """What has become of the drive since the last recording began, when the end of that has been shown."""
        if self.recorder.key is not Key.IDLE:
            self._news = "" if self._idle else self._news
            self._busy_at = now
        self._idle = self.recorder.key is Key.IDLE
        if drive.news != self._heard:
            self._heard = self._news = drive.news
        return self._news if now - self._busy_at >= NEWS_AFTER else ""

    def _catch_up(self, now: int) -> None:
        while self._keys and self._keys[0][0] <= now:
            self._hear(self._keys[0][0])
            self._press(*self._keys.pop(0))
        self._hear(now)

    def _press(self, instant: int, key: Event | CallKey) -> None:
        if isinstance(key, Event):
            self.recorder.press(instant, key)
            self._follow(instant)
        elif self._on_key:
            self._on_key(key, instant)

    def _hear(self, until: int) -> None:
        """What has come from the parties before this instant: keys and packets count in the order of their times."""
        for leg, timeline in ((NEAR, self._mixer.near), (FAR, self._mixer.far)):
            for arrival, data in self._parties[leg].packets(min(until, self.end)):
                timeline.receive(arrival, data)

    def _begin(self, now: int) -> Session:
        """A recording begins with the frame of the mix in which the key is pressed."""
        destination, account = self._destinations(now)
        return self._stream.begin(now, destination, account)

    def _sound_tone(self, near: Party) -> None:
        """A party that sends what it says to the other phone sends the record tone too."""
        time = self._stream.time
        if time and isinstance(near, Toned):
            near.sound(lambda instant: time.at(instant - self.start))

    def _follow(self, now: int) -> None:
        self._stream.follow(self.recorder.status, now)

    def _gap(self, leg: str, instant: int, length: int) -> None:
        self.recorder.note_gap(leg, instant, length)
