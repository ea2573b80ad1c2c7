"""A call on the emulated phone: two parties, the mixer, the link to the recorder, the record key, the face.

It does nothing by itself: a shell calls `advance` with a clock's instants, the live one as they come, the fast one as
quick as it can. What is recorded hangs on the instants of packets and keys alone, never on how often that is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from phone_recorder.phone.face.indicator import Indicator, show
from phone_recorder.phone.keys import CallKey, KeyPress, OnCallKey, refuse_call_keys
from phone_recorder.phone.party import Datagram, Party
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import Destination
from phone_recorder.recording.drive_view import DriveView
from phone_recorder.recording.mixer import FAR, NEAR, Mixer
from phone_recorder.recording.placement import Told
from phone_recorder.recording.record_key import Event, Key
from phone_recorder.recording.recorder import NO_RETRY, Recorder, RetryPolicy
from phone_recorder.recording.session import Session
from phone_recorder.recording.timeline import Timeline
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
    """A call that is going to happen. Lengths in units: `frame`, `horizon` of the mixer, `duration`, key presses."""

    duration: int
    frame: int
    horizon: int
    codec: Codec
    pause: Pause
    keys: tuple[KeyPress, ...]
    retry: RetryPolicy = NO_RETRY


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
        self._plan = plan
        self._parties = parties
        self._link = link
        self._mixed = mixed
        self._mixed_base = mixed.timestamp
        self._destinations = destinations
        self._drive = drive
        self._on_key = on_key
        self._heard = drive().news
        self._news = ""  # of the drive, since the last recording began
        self._idle = True
        self._busy_at = start - NEWS_AFTER
        self._mixer = Mixer(start, plan.frame, plan.horizon, plan.codec, self._gap)
        self.recorder = Recorder(self._begin, self._mixer, plan.retry)
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
        while self._keys and self._keys[0][0] <= now:
            self._hear(self._keys[0][0])
            self._press(*self._keys.pop(0))
        self._hear(now)
        first, payloads = self._mixer.mix(now, self._wanted_frame())
        if payloads:
            self._mixed.timestamp = self._timestamp(first)
            self._link.send([self._mixed.packet(payload) for payload in payloads])

    def record(self, now: int) -> None:
        """The recorder's tick: drain its port, then let time pass for it."""
        self.recorder.receive(self._link.receive())
        self.recorder.advance(now)
        view = self._drive()
        self.indicator, before = show(self.recorder.status, view, self._news_of(view, now)), self.indicator
        if self.indicator.differs(before):
            self.indicators.append((now - self.start, self.indicator))

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

    def _press(self, instant: int, key: Event | CallKey) -> None:
        if isinstance(key, Event):
            self.recorder.press(instant, key)
        elif self._on_key:
            self._on_key(key, instant)

    def _hear(self, until: int) -> None:
        """What has come from the parties before this instant: keys and packets count in the order of their times."""
        for leg, timeline in ((NEAR, self._mixer.near), (FAR, self._mixer.far)):
            for arrival, data in self._parties[leg].packets(min(until, self.end)):
                timeline.receive(arrival, data)

    def _begin(self, now: int) -> Session:
        """A recording begins with the frame of the mix in which the key is pressed."""
        frame = self._plan.frame
        number = (now - self.start) // frame
        start = self.start + number * frame
        self._mixer.begin(number)
        # The mixer may take its horizon; only then can the recorder tell that a frame of the mix will not come.
        timeline = Timeline(frame, 2 * self._plan.horizon, Told(start))
        timeline.expect(self._mixed.ssrc, self._timestamp(number), 0)
        destination, account = self._destinations(now)
        return Session(start, timeline, destination, account, self._plan.codec, self._plan.pause)

    def _wanted_frame(self) -> int:
        wanted = self.recorder.wanted_from
        return (wanted - self.start) // self._plan.frame if wanted is not None else 1 << 62

    def _timestamp(self, frame_number: int) -> int:
        return (self._mixed_base + frame_number * self._plan.frame) & 0xFFFFFFFF

    def _gap(self, leg: str, start: int, length: int) -> None:
        self.recorder.note_gap(leg, self.start + start, length)
