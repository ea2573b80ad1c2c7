"""One call of the phone: from the moment at which somebody wants it until the last of its recordings is safe."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from phone_recorder.adapters.clock import Clock
from phone_recorder.control_api import Call, CallState, Direction
from phone_recorder.desk.legs import Leg, Nobody
from phone_recorder.errors import PhoneRecorderError
from phone_recorder.harness.call.stage import Stage
from phone_recorder.phone.call import PhoneCall
from phone_recorder.phone.pacer import TICK, Pacer
from phone_recorder.recording.indicator import Indicator
from phone_recorder.recording.record_key import Event
from phone_recorder.recording.units import from_ms, to_seconds
from phone_recorder.wire.printable import printable

SHOWN_S = 3.0
"""So long the end of a call is shown."""
FORGOTTEN_S = 8.0
"""So long what became of its recordings."""


class DeskCall:
    """It is the phone's call from the first moment on; `leg` and `stage` are there when it is set up.

    `changed` is called when there is something to show. What others call themselves is safe to show.
    """

    def __init__(self, direction: Direction, number: str, name: str, clock: Clock, changed: Callable[[], None]) -> None:
        self.leg: Leg = Nobody()
        self.stage: Stage | None = None
        self.recorded: PhoneCall | None = None
        self.began = datetime.now()
        self.reason = ""
        self.crash: BaseException | None = None
        """An error of ours that has ended it."""
        self._state: CallState = "ringing" if direction == "in" else "calling"
        self._direction = direction
        self._number, self._name = printable(number), printable(name)
        self._clock = clock
        self._changed = changed
        self._answered_at: int | None = None
        self._ended_at: int | None = None
        self._running: asyncio.Task[None] | None = None
        self._indicator = Indicator()

    @property
    def over(self) -> bool:
        """Nobody talks any more."""
        return self._ended_at is not None

    @property
    def answered(self) -> bool:
        """It was answered, and may be over since."""
        return self._answered_at is not None

    @property
    def done(self) -> bool:
        """It is over, and every recording of it safe."""
        return self.over and (self._running is None or self._running.done())

    @property
    def kept(self) -> bool:
        """Something of it was recorded."""
        return self.recorded is not None and any(account.recorded for account in self.recorded.recorder.accounts)

    @property
    def forgotten(self) -> bool:
        """It is over and its recordings safe, and what became of them has been shown for long enough."""
        return self.done and self._ended_at is not None and self._since(self._ended_at) >= FORGOTTEN_S

    @property
    def shown(self) -> Call:
        """The call as the phone shows it; the end of one for a while."""
        if self._ended_at is not None and self._since(self._ended_at) >= SHOWN_S:
            return Call()
        return self.told

    @property
    def told(self) -> Call:
        """All that is known of it. It is on hold when the other end has agreed to wait."""
        return Call(
            state="held" if self._state == "connected" and self.leg.held else self._state,
            direction=self._direction,
            number=self._number,
            name=self._name,
            seconds=self._seconds(),
            sip=self.leg.sip,
            codec=self.leg.codec,
            reason=self.reason,
        )

    def connect(self) -> None:
        """It was answered: it can be recorded now. PhoneRecorderError, and its end, if nobody can speak in it."""
        if self.over or self.answered or self.stage is None:
            return
        now = self._clock.now()
        try:
            self.recorded = self.leg.begin(self.stage, now)
        except PhoneRecorderError as error:
            self.hang_up(str(error))
            raise
        self._answered_at = now
        self._state = "connected"
        self._running = asyncio.get_running_loop().create_task(self._run(self.stage, self.recorded))
        self._changed()

    def hold(self, held: bool) -> None:
        """Put it on hold, or take it back; when the other end agrees, it is so."""
        if self.answered and not self.over:
            self.leg.hold(held)
            self._changed()

    def hang_up(self, reason: str = "") -> None:
        """End it from this side."""
        self.reason = reason or self.reason
        self.leg.hang_up()
        self.end()

    def end(self) -> None:
        """It is over, whoever has ended it."""
        if self.over:
            return
        now = self._clock.now()
        self._ended_at = now
        self._state = "ended"
        self.reason = self.reason or self.leg.reason
        if self.recorded:
            self.recorded.hang_up(now)
        else:
            self._close(now)
        self._changed()

    def press(self, event: Event) -> None:
        """A key of the recording; nothing before the call was answered."""
        if self.recorded and not self.over:
            self.recorded.press(self._clock.now(), event)
            self._changed()

    async def finish(self) -> None:
        """End it, and wait until its recordings are safe."""
        if not self.over:
            self.hang_up()
        if self._running:
            await asyncio.wait({self._running})

    async def _run(self, stage: Stage, recorded: PhoneCall) -> None:
        settings = stage.request.settings
        pacer = Pacer(recorded, TICK[settings.mode], from_ms(settings.ptime_ms), self._look, self.hang_up)
        try:
            await pacer.run(asyncio.Event())
        except BaseException as error:
            self.crash = error
            raise
        finally:
            self._close(self._clock.now())
            if not self.over:
                self.hang_up()
            self._changed()

    def _look(self, instant: int, indicator: Indicator) -> None:
        if indicator.differs(self._indicator):
            self._indicator = indicator
            self._changed()

    def _close(self, now: int) -> None:
        self.leg.close(now)
        if self.stage:
            self.stage.close(now)

    def _seconds(self) -> float:
        if self._answered_at is None:
            return 0.0
        until = self._clock.now() if self._ended_at is None else self._ended_at
        return to_seconds(until - self._answered_at)

    def _since(self, instant: int) -> float:
        return to_seconds(self._clock.now() - instant)
