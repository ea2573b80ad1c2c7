"""The live shell's heart-beat: a call is advanced as real time passes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from phone_recorder.adapters.clock import LiveClock
from phone_recorder.phone.call import PhoneCall
from phone_recorder.recording.indicator import Indicator
from phone_recorder.recording.units import SECOND, from_ms
from phone_recorder.settings.record import Mode

TICK: dict[Mode, int] = {"local": from_ms(100), "server": from_ms(20), "sip_info": from_ms(20)}
"""How often the live recorder drains its port: a file can wait, a server that is listened to cannot."""

Watch = Callable[[int, Indicator], None]
"""Called at each tick with the time since the start of the call, in units, and the screen."""


class Pacer:
    """Wakes for each packet of the mix, as a phone's mixer does, and every `tick` for the recorder.

    `at_end` is called once when the call ends, before the recorder hears of it. A timer's callback wakes once; a task
    that sleeps would wake twice, and wake-ups are what a call costs.
    """

    def __init__(
        self, call: PhoneCall, tick: int, frame: int, watch: Watch, at_end: Callable[[], object] = lambda: None
    ) -> None:
        self._call = call
        self._tick = tick
        self._frame = frame
        self._watch = watch
        self._at_end = at_end
        self._ended = False
        self._timer: asyncio.TimerHandle | None = None
        self._clock = LiveClock()
        self._next_record = call.start
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[None] = self._loop.create_future()

    async def run(self, interrupted: asyncio.Event) -> None:
        """Until the call is over; it is hung up when the user interrupts."""
        hanging_up = asyncio.create_task(self._hang_up(interrupted))
        try:
            self._wake()
            await self._over
        finally:
            hanging_up.cancel()
            if self._timer:
                self._timer.cancel()

    async def _hang_up(self, interrupted: asyncio.Event) -> None:
        await interrupted.wait()
        self._call.hang_up(self._clock.now())

    def _wake(self) -> None:
        try:
            self._step(self._clock.now())
        except BaseException as error:
            self._over.set_exception(error)
        else:
            self._sleep()

    def _step(self, now: int) -> None:
        if now >= self._call.end and not self._ended:
            self._ended = True
            self._at_end()
        self._call.mix(now)
        if now >= self._next_record:
            self._call.record(now)
            self._watch(now - self._call.start, self._call.indicator)
            self._next_record += self._tick

    def _sleep(self) -> None:
        if self._call.over:
            self._over.set_result(None)
            return
        until_next_packet = self._frame - (self._clock.now() - self._call.start) % self._frame
        self._timer = self._loop.call_later(until_next_packet / SECOND, self._wake)
