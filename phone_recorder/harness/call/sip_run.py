"""The shell of a call over SIP: this phone calls, or waits to be called, and the call is recorded as it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack, closing, suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from phone_recorder.adapters.clock import LiveClock
from phone_recorder.adapters.process import asked_to_stop
from phone_recorder.adapters.udp import PortRange, UdpMixLink
from phone_recorder.errors import CallFailed
from phone_recorder.harness.call.live_server import live_server, until_stored
from phone_recorder.harness.call.outcome import Outcome, stored_accounts
from phone_recorder.harness.call.request import CallRequest
from phone_recorder.harness.call.sip_account import sip_document
from phone_recorder.harness.call.sip_ears import Ears, Taps
from phone_recorder.harness.call.sip_plan import SipPlan
from phone_recorder.harness.call.stage import RealCall, Stage
from phone_recorder.phone.pacer import TICK, Pacer, Watch
from phone_recorder.phone.sip_phone import MakeTalk, SipPhone
from phone_recorder.phone.sip_talk import SipTalk, Tell
from phone_recorder.recording.units import from_ms
from phone_recorder.sip.transport.trace import shown

if TYPE_CHECKING:
    from phone_recorder.server.recording import ServerRecording

EARLY_S = 0.02
"""How often what comes before the answer is listened to."""

T = TypeVar("T")


def run_sip(request: CallRequest, plan: SipPlan, storage: Path, watch: Watch, tell: Tell) -> Outcome:
    """The call in real time; Ctrl-C hangs up. SipError, or UsageError, if it does not come about."""
    return asyncio.run(_run(request, plan, storage, watch, tell))


async def _run(request: CallRequest, plan: SipPlan, storage: Path, watch: Watch, tell: Tell) -> Outcome:
    async with AsyncExitStack() as stack:
        stored: list[ServerRecording] = []
        service, link = await live_server(request, storage, stack, stored)
        clock, interrupted = LiveClock(), asked_to_stop()
        stage = Stage(request, clock, stack.enter_context(closing(UdpMixLink())), link)
        stack.callback(lambda: stage.close(clock.now()))
        ears = stack.enter_context(Ears(request, plan, tell))
        taps = stack.enter_context(Taps(plan, tell))
        make = _talks(request, plan, taps, tell)
        phone = SipPhone(plan.account, plan.listen, plan.tls, make, tell, taps.signalling, plan.target)
        await _unless(interrupted, stack.enter_async_context(phone))
        talk = await _unless(interrupted, _connected(phone, plan, ears, clock, tell))
        await _converse(stage, talk, ears, clock, watch, interrupted)
        await until_stored(service)
    return Outcome(request, stage.call, stored_accounts(stored), stage.port_state, sip_document(talk))


def _talks(request: CallRequest, plan: SipPlan, taps: Taps, tell: Tell) -> MakeTalk:
    settings = request.settings
    return partial(
        SipTalk,
        codecs=plan.codecs,
        ptime_ms=settings.ptime_ms,
        info=settings.sip_info,
        random=Random(request.seed),
        tell=tell,
        ports=PortRange(*plan.rtp_ports) if plan.rtp_ports else None,
        taps=taps.media,
    )


async def _connected(phone: SipPhone, plan: SipPlan, ears: Ears, clock: LiveClock, tell: Tell) -> SipTalk:
    """A call that was answered; CallFailed if it was not."""
    if plan.account.registrar:
        await phone.register()
    if plan.target:
        tell(f"calling {plan.target}")
        talk = await phone.call(plan.target)
        await _settled(talk, ears, clock)
        if talk.end and not talk.connected:
            raise talk.end.error(plan.target)
        return talk
    tell(f"waiting for a call at {shown(phone.address)}")
    while True:
        talk = await phone.next_call()
        answering = asyncio.get_running_loop().call_later(plan.answer_after_s, talk.answer)
        await _settled(talk, ears, clock)
        answering.cancel()
        if talk.connected:
            phone.waits = False
            return talk
        if talk.end:
            tell(f"the call is over: {talk.end.reason}")


async def _settled(talk: SipTalk, ears: Ears, clock: LiveClock) -> None:
    """Until it is answered, or over; what the other side sends before is heard, and not recorded."""
    try:
        while not talk.settled.done():
            ears.early(talk, clock.now())
            await asyncio.wait((talk.settled,), timeout=EARLY_S)
    except asyncio.CancelledError:
        talk.hang_up()
        raise


async def _converse(
    stage: Stage, talk: SipTalk, ears: Ears, clock: LiveClock, watch: Watch, interrupted: asyncio.Event
) -> None:
    """Until the call is over, and every recording safe."""
    request = stage.request
    direction = "in" if talk.call.incoming else "out"
    parties = partial(ears.parties, talk)
    real = RealCall(parties, direction, talk.call.remote_number, talk.call.remote_name, talk.info.link, talk.press)
    call = stage.begin(real)
    talk.on_end = lambda: call.hang_up(clock.now())
    if talk.end:
        talk.on_end()
    ptime_ms = min(request.settings.ptime_ms, talk.plan.ptime_ms) if talk.plan else request.settings.ptime_ms
    pacer = Pacer(call, TICK[request.settings.mode], from_ms(ptime_ms), watch, talk.hang_up)
    try:
        await pacer.run(interrupted)
    finally:
        talk.hang_up()
        # An error of ours ends the call before its time.
        ears.close(min(call.end, clock.now()))
        talk.close()


async def _unless(interrupted: asyncio.Event, work: Coroutine[Any, Any, T]) -> T:
    """What the work comes to; CallFailed if the user interrupts it."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(interrupted.wait())
    await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():
        return working.result()
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    raise CallFailed("interrupted before there was a call to record")
