"""A call of a scenario: from the moment at which somebody wants it until the last of its recordings is safe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from phone_recorder.adapters.clock import Clock
from phone_recorder.control_api import Call, CallState, Direction
from phone_recorder.harness.call.stage import RealCall, Stage
from phone_recorder.harness.playing.kept import FAR as FAR_ADDRESS
from phone_recorder.harness.playing.kept import NEAR as NEAR_ADDRESS
from phone_recorder.harness.playing.kept import Kept
from phone_recorder.harness.playing.parties import Parties
from phone_recorder.harness.playing.trail import Trail
from phone_recorder.phone.call import PhoneCall
from phone_recorder.phone.party import Party
from phone_recorder.recording.mixer import FAR, NEAR
from phone_recorder.recording.record_key import Event
from phone_recorder.recording.sip_info_destination import InfoLink
from phone_recorder.recording.units import from_ms, from_seconds, to_seconds
from phone_recorder.wire.printable import printable

SHOWN = from_seconds(3)
"""So long the end of a call is shown."""
FORGOTTEN = from_seconds(8)
"""So long what became of its recordings."""
NEVER = 1 << 62

MakeParties = Callable[[int, int], Parties]
"""Of a call from one instant to another."""


class PlayedCall:
    """It rings, or stands from its first moment on; `stage` is where it is recorded.

    `info` leads to the SIP server, and `on_end` is called before the recorder hears that it is over.
    """

    def __init__(
        self,
        stage: Stage,
        clock: Clock,
        make: MakeParties,
        kept: Kept,
        info: Callable[[], Callable[[], InfoLink]],
        on_end: Callable[[], None],
    ) -> None:
        self.stage = stage
        self.parties: Parties | None = None
        self.recorded: PhoneCall | None = None
        self.trail: Trail | None = None
        self.began: datetime = clock.system_time(clock.now())
        self.ended_at: int | None = None
        self._clock = clock
        self._make = make
        self._kept = kept
        self._info = info
        self._on_end = on_end
        self._answered_at: int | None = None
        self._held = False
        self._closed = False
        request = stage.request
        self._number, self._name = printable(request.remote_number), printable(request.remote_name)
        self._direction: Direction = "in" if request.direction == "in" else "out"

    @property
    def over(self) -> bool:
        """Nobody talks any more."""
        return self.ended_at is not None

    @property
    def answered(self) -> bool:
        """It was answered, and may be over since."""
        return self._answered_at is not None

    @property
    def rings(self) -> bool:
        """Somebody calls, and nobody has taken it."""
        return not (self.over or self.answered)

    @property
    def done(self) -> bool:
        """It is over, and every recording of it safe."""
        return self.over and (self.recorded is None or self.recorded.over)

    @property
    def kept(self) -> bool:
        """Something of it was recorded."""
        return self.recorded is not None and any(account.recorded for account in self.recorded.recorder.accounts)

    @property
    def remembered(self) -> PhoneCall | None:
        """The call as the screen still tells of its recordings."""
        old = self.done and self.ended_at is not None and self._clock.now() - self.ended_at >= FORGOTTEN
        return None if old else self.recorded

    @property
    def shown(self) -> Call:
        """The call as the phone shows it; the end of one for a while."""
        old = self.ended_at is not None and self._clock.now() - self.ended_at >= SHOWN
        return Call() if old else self.told

    @property
    def told(self) -> Call:
        """All that is known of it."""
        codec = self.stage.request.call_codec
        return Call(self._state, self._direction, self._number, self._name, self._seconds, codec=codec)

    def connect(self, stick: int) -> None:
        """It was answered: it can be recorded now. UsageError or AudioFileError if nobody can speak in it."""
        now = self._answered_at = self._clock.now()
        self._start_speaking(now)
        request = self.stage.request
        real = RealCall(
            self._speaking, self._direction, request.remote_number, request.remote_name, self._info(), lambda *_: None
        )
        self.recorded = self.stage.begin(real)
        self.trail = Trail(self.recorded.recorder, now, from_ms(request.settings.ptime_ms))
        self.advance(now, stick)

    def advance(self, now: int, stick: int) -> None:
        """The phone's tick. `stick` is the number of the one that is in."""
        if self.recorded is None or self.trail is None or self._closed:
            return
        self._look_for_its_end(self.recorded, now)
        self.recorded.advance(now)
        self.trail.follow(now, stick)

    def mix(self, now: int) -> None:
        """The mixer's part between two ticks, as long as anybody speaks."""
        if self.recorded and not self.over and now < self.recorded.end:
            self.recorded.mix(now)

    def next_frame(self, now: int) -> int:
        """The first instant after this at which the mixer has a frame; NEVER if it has none any more."""
        if self.recorded is None or self.over:
            return NEVER
        start, frame = self.recorded.start, from_ms(self.stage.request.settings.ptime_ms)
        return start + ((now - start) // frame + 1) * frame

    def press(self, event: Event, stick: int) -> None:
        """A key of the recording; nothing before the call was answered."""
        if self.recorded and self.trail and not self.over:
            now = self._clock.now()
            self.recorded.press(now, event)
            self.trail.follow(now, stick)

    def hold(self, held: bool) -> None:
        """Both sides are silent, or speak again; their time goes on."""
        if self.parties and not self.over:
            self._held = held
            self.parties.hold(held, self._clock.now())

    def hang_up(self) -> None:
        """It ends now."""
        if self.recorded:
            self.recorded.hang_up(self._clock.now())
        elif not self.over:
            self.ended_at = self._clock.now()

    def close(self) -> None:
        """Give back what it holds; what still runs is ended."""
        if not self._closed:
            self._closed = True
            self.stage.close(self._clock.now())

    def _look_for_its_end(self, recorded: PhoneCall, now: int) -> None:
        if now >= recorded.end and not self.over:
            self.ended_at = recorded.end
            self._on_end()

    @property
    def _state(self) -> CallState:
        if self.over:
            return "ended"
        if self.rings:
            return "ringing"
        return "held" if self._held else "connected"

    @property
    def _seconds(self) -> float:
        if self._answered_at is None:
            return 0.0
        until = self._clock.now() if self.ended_at is None else self.ended_at
        return to_seconds(until - self._answered_at)

    def _start_speaking(self, now: int) -> None:
        self.parties = self._make(now, now + from_seconds(self.stage.request.length_s))

    def _speaking(self, start: int) -> dict[str, Party]:
        assert self.parties is not None, "they speak from the beginning of the call"
        kept = self._kept
        return {NEAR: kept.party(self.parties.near, NEAR_ADDRESS), FAR: kept.party(self.parties.far, FAR_ADDRESS)}
