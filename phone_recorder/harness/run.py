"""The two shells of a call: live, as real time passes, and fast, under a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from functools import partial
from pathlib import Path

from phone_recorder.adapters.clock import LiveClock, VirtualClock
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.process import asked_to_stop
from phone_recorder.adapters.record_client import TcpServerLink, probe, resolve
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.adapters.udp import UdpMixLink
from phone_recorder.errors import UsageError
from phone_recorder.harness.links import MemoryMixLink, MemoryPorts, MemoryServerLink
from phone_recorder.harness.stage import CallRequest, Outcome, Stage, stored_accounts
from phone_recorder.phone.call import PhoneCall
from phone_recorder.phone.face import Screen
from phone_recorder.recording.server_destination import ServerLink
from phone_recorder.recording.units import SECOND, from_ms, to_seconds
from phone_recorder.server.archive import Archive
from phone_recorder.server.core import STORAGE, RecordServer
from phone_recorder.server.recording import ServerRecording
from phone_recorder.server.service import Service

TICK = {"local": from_ms(100), "server": from_ms(20)}
"""How often the live recorder drains its port: a file can wait, a server that is listened to cannot."""
FAST_TICK = {"local": from_ms(200), "server": from_ms(20)}

Watch = Callable[[int, Screen], None]
"""Called at each tick with the time since the start of the call, in units, and the screen."""


def run_fast(request: CallRequest, storage: Path) -> Outcome:
    """The whole call at once; the same packets at the same times give the same bytes as live."""
    if request.settings.mode == "server" and request.settings.server.host:
        raise UsageError("a record server at an address lives in real time: leave out --fast, or --server")
    clock = VirtualClock()
    stored: list[ServerRecording] = []
    with ExitStack() as stack:
        server, link = _memory_server(request, storage, clock, stack, stored)
        stage = Stage(request, clock, MemoryMixLink(clock), link, live=False)
        # Ctrl-C too leaves whole files.
        stack.callback(lambda: stage.close(clock.now()))
        tick = FAST_TICK[request.settings.mode]
        while not stage.call.over or (server and server.running):
            clock.advance(tick)
            stage.call.advance(clock.now())
            if server:
                server.advance(clock.now())
    return Outcome(request, stage.call, stored_accounts(stored), stage.port_state)


def run_live(request: CallRequest, storage: Path, watch: Watch) -> Outcome:
    """The call in real time, over real sockets; Ctrl-C hangs up."""
    return asyncio.run(_live(request, storage, watch))


def _memory_server(
    request: CallRequest, storage: Path, clock: VirtualClock, stack: ExitStack, stored: list[ServerRecording]
) -> tuple[RecordServer | None, Callable[[], ServerLink] | None]:
    if request.settings.mode != "server":
        return None, None
    ports = MemoryPorts()
    archive = stack.enter_context(Archive(MountedDrive(storage, syncs=Syncs.AT_END)))
    archive.recover()
    server = RecordServer(archive, STORAGE, ports.open, clock.system_time, on_end=stored.append)
    return server, partial(MemoryServerLink, server, ports, clock)


async def _live(request: CallRequest, storage: Path, watch: Watch) -> Outcome:
    async with AsyncExitStack() as stack:
        stored: list[ServerRecording] = []
        service, link = await _live_server(request, storage, stack, stored)
        # Before the stage is set up: Ctrl-C meanwhile still ends the call in order.
        clock, interrupted = LiveClock(), asked_to_stop()
        stage = Stage(request, clock, UdpMixLink(), link)
        stack.callback(lambda: stage.close(clock.now()))
        pacer = _Pacer(stage.call, TICK[request.settings.mode], from_ms(request.settings.ptime_ms), watch)
        await pacer.run(interrupted)
        while service and service.core.running:
            service.check()
            await asyncio.sleep(to_seconds(from_ms(20)))
    return Outcome(request, stage.call, stored_accounts(stored), stage.port_state)


async def _live_server(
    request: CallRequest, storage: Path, stack: AsyncExitStack, stored: list[ServerRecording]
) -> tuple[Service | None, Callable[[], ServerLink] | None]:
    settings = request.settings
    if settings.mode != "server":
        return None, None
    server = settings.server
    dead_after_s = server.dead_after_ms // 1000
    if server.host:
        address = resolve(server.host, server.port)
        if not server.retries:
            # Who retries does not mind a server that comes later.
            probe(address, server.timeout_ms / 1000)
        return None, partial(TcpServerLink, address, dead_after_s)
    service = await stack.enter_async_context(Service(storage, "127.0.0.1", 0, on_end=stored.append))
    return service, partial(TcpServerLink, service.address, dead_after_s)


class _Pacer:
    """Wakes for each packet of the mix, as a phone's mixer does, and every `tick` for the recorder.

    A timer's callback wakes once; a task that sleeps would wake twice, and wake-ups are what a call costs.
    """

    def __init__(self, call: PhoneCall, tick: int, frame: int, watch: Watch) -> None:
        self._call = call
        self._tick = tick
        self._frame = frame
        self._watch = watch
        self._clock = LiveClock()
        self._next_record = call.start
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[None] = self._loop.create_future()

    async def run(self, interrupted: asyncio.Event) -> None:
        """Until the call is over; it is hung up when the user interrupts."""
        hanging_up = asyncio.create_task(self._hang_up(interrupted))
        self._wake()
        await self._over
        hanging_up.cancel()

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
        self._call.mix(now)
        if now >= self._next_record:
            self._call.record(now)
            self._watch(now - self._call.start, self._call.screen)
            self._next_record += self._tick

    def _sleep(self) -> None:
        if self._call.over:
            self._over.set_result(None)
            return
        until_next_packet = self._frame - (self._clock.now() - self._call.start) % self._frame
        self._loop.call_later(until_next_packet / SECOND, self._wake)
