"""The two shells of a call: live, as real time passes, and fast, under a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from phone_recorder.adapters.clock import LiveClock, VirtualClock
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.process import asked_to_stop
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.adapters.udp import UdpMixLink
from phone_recorder.errors import UsageError
from phone_recorder.harness.call.links import MemoryMixLink, MemoryPorts, MemoryServerLink
from phone_recorder.harness.call.live_server import live_server, until_stored
from phone_recorder.harness.call.outcome import Outcome, stored_accounts
from phone_recorder.harness.call.request import CallRequest
from phone_recorder.harness.call.stage import Stage
from phone_recorder.phone.pacer import TICK, Pacer, Watch
from phone_recorder.recording.server_destination import ServerLink
from phone_recorder.recording.units import from_ms

if TYPE_CHECKING:
    from phone_recorder.server.core import RecordServer
    from phone_recorder.server.recording import ServerRecording

FAST_TICK = {"local": from_ms(200), "server": from_ms(20)}


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
        stage.begin()
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
    # Now: a phone that records to its drive does without a database.
    from phone_recorder.server.archive import Archive
    from phone_recorder.server.core import STORAGE, RecordServer

    ports = MemoryPorts()
    archive = stack.enter_context(Archive(MountedDrive(storage, syncs=Syncs.AT_END)))
    archive.recover()
    server = RecordServer(archive, STORAGE, ports.open, clock.system_time, on_end=stored.append)
    return server, partial(MemoryServerLink, server, ports, clock)


async def _live(request: CallRequest, storage: Path, watch: Watch) -> Outcome:
    async with AsyncExitStack() as stack:
        stored: list[ServerRecording] = []
        service, link = await live_server(request, storage, stack, stored)
        # Before the stage is set up: Ctrl-C meanwhile still ends the call in order.
        clock, interrupted = LiveClock(), asked_to_stop()
        stage = Stage(request, clock, stack.enter_context(closing(UdpMixLink())), link)
        stack.callback(lambda: stage.close(clock.now()))
        pacer = Pacer(stage.begin(), TICK[request.settings.mode], from_ms(request.settings.ptime_ms), watch)
        await pacer.run(interrupted)
        await until_stored(service)
    return Outcome(request, stage.call, stored_accounts(stored), stage.port_state)
