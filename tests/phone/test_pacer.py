"""The heart-beat of a live call: what is done at each beat, and what is left when it stops."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from phone_recorder.adapters.clock import LiveClock
from phone_recorder.errors import NotSupported
from phone_recorder.phone.call import CallPlan, PhoneCall
from phone_recorder.phone.pacer import Pacer
from phone_recorder.phone.party import Nobody, Party
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import NoDestination
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.rtp import RtpSender
from tests.phone.rig import Link

pytestmark = pytest.mark.live
FRAME = 80
LONG = 8_000_000
PATIENCE_S = 20.0


class Broken(Exception):
    """What a test lets go wrong."""


class Noted(PhoneCall):
    """A call of nobody with nobody, which notes what is done with it."""

    def __init__(self, duration: int) -> None:
        plan = CallPlan(duration, FRAME, FRAME, PCMU, "skip", ())
        parties: dict[str, Party] = {"near": Nobody(), "far": Nobody()}
        nowhere = (NoDestination("local", NotSupported("none")), Account("0", "local", "PCMU"))
        super().__init__(plan, LiveClock().now(), parties, Link(), RtpSender(0, 1, 2, 3), lambda now: nowhere)
        self.noted: list[str] = []
        self.breaks = False

    def mix(self, now: int) -> None:
        self.noted.append("mixed")
        if self.breaks:
            raise Broken
        super().mix(now)

    def record(self, now: int) -> None:
        self.noted.append("recorded")
        super().record(now)


def pacer(call: Noted, tick: int = FRAME) -> Pacer:
    return Pacer(
        call, tick, FRAME, lambda instant, screen: call.noted.append("shown"), lambda: call.noted.append("ended")
    )


def run(scenario: Coroutine[Any, Any, None]) -> None:
    """In bounded time, and with nothing left to do."""

    async def bounded() -> None:
        raised: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: raised.append(context))
        async with asyncio.timeout(PATIENCE_S):
            await scenario
        # Whatever timer was forgotten would go off now.
        await asyncio.sleep(3 * FRAME / 8000)
        assert raised == []
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(bounded())


def test_each_beat_mixes_records_and_shows() -> None:
    async def scenario() -> None:
        call = Noted(5 * FRAME)
        await pacer(call).run(asyncio.Event())
        assert call.over
        assert [what for what in call.noted[:6] if what != "ended"] == ["mixed", "recorded", "shown"] * 2
        assert call.noted[-4:] == ["ended", "mixed", "recorded", "shown"]

    run(scenario())


def test_the_recorder_beats_more_slowly() -> None:
    async def scenario() -> None:
        call = Noted(9 * FRAME)
        await pacer(call, tick=4 * FRAME).run(asyncio.Event())
        assert call.noted.count("recorded") < call.noted.count("mixed")

    run(scenario())


def test_the_end_is_told_once_and_before_the_recorder_hears_of_it() -> None:
    async def scenario() -> None:
        call = Noted(0)
        await pacer(call).run(asyncio.Event())
        assert call.noted == ["ended", "mixed", "recorded", "shown"]

    run(scenario())


def test_an_interrupt_ends_the_call_and_a_second_one_changes_nothing() -> None:
    async def scenario() -> None:
        call, interrupted = Noted(LONG), asyncio.Event()
        pacing = asyncio.create_task(pacer(call).run(interrupted))
        await asyncio.sleep(0)
        interrupted.set()
        interrupted.set()
        await pacing
        assert call.end < call.start + LONG
        assert call.noted.count("ended") == 1

    run(scenario())


def test_an_error_of_ours_comes_out_and_nothing_goes_on() -> None:
    async def scenario() -> None:
        call = Noted(LONG)
        call.breaks = True
        with pytest.raises(Broken):
            await pacer(call).run(asyncio.Event())
        assert call.noted == ["mixed"]

    run(scenario())


def test_a_pacer_that_is_cancelled_beats_no_more() -> None:
    async def scenario() -> None:
        call = Noted(LONG)
        pacing = asyncio.create_task(pacer(call).run(asyncio.Event()))
        await asyncio.sleep(2 * FRAME / 8000)
        pacing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await pacing
        beats = len(call.noted)
        await asyncio.sleep(3 * FRAME / 8000)
        assert len(call.noted) == beats

    run(scenario())
