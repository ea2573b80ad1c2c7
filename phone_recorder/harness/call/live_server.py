"""The record server of a live call: the one at an address, or one that is embedded and stores here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from phone_recorder.harness.call.request import CallRequest
from phone_recorder.recording.server_destination import ServerLink

if TYPE_CHECKING:
    from phone_recorder.server.recording import ServerRecording
    from phone_recorder.server.service import Service


async def live_server(
    request: CallRequest, storage: Path, stack: AsyncExitStack, stored: list[ServerRecording]
) -> tuple[Service | None, Callable[[], ServerLink] | None]:
    """None of either for a phone that records elsewhere. UsageError, or ServerUnreachable, if there is no server."""
    if request.settings.mode != "server":
        return None, None
    # Now: a server has a database and a client, which a phone that records to its drive does without.
    from phone_recorder.adapters.record_client import TcpServerLink, probe, resolve

    server = request.settings.server
    dead_after_s = server.dead_after_ms // 1000
    if server.host:
        address = resolve(server.host, server.port)
        if not server.retries:
            # Who retries does not mind a server that comes later.
            probe(address, server.timeout_ms / 1000)
        return None, partial(TcpServerLink, address, dead_after_s)
    from phone_recorder.server.service import Service

    service = await stack.enter_async_context(Service(storage, "127.0.0.1", 0, on_end=stored.append))
    return service, partial(TcpServerLink, service.address, dead_after_s)


async def until_stored(service: Service | None) -> None:
    """Until an embedded server has put away all that it was sent."""
    while service and service.core.running:
        service.check()
        await asyncio.sleep(0.02)
