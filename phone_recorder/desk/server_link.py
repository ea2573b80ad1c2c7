"""The way to the record server of the settings, for the recordings of one call."""

from __future__ import annotations

from collections.abc import Callable

from phone_recorder.adapters.record_client import TcpServerLink, resolve
from phone_recorder.control_api import Message
from phone_recorder.desk.taps import TappedLink
from phone_recorder.errors import ServerUnreachable, UsageError
from phone_recorder.recording.server_destination import ServerLink
from phone_recorder.settings.record import RecordSettings

NONE_SET = "no record server is set: enter its address in Applications > Record manager"


def link_to(settings: RecordSettings, tell: Callable[[Message], None]) -> Callable[[], ServerLink] | None:
    """Makes a link for each recording, or raises ServerUnreachable; None where no server is recorded on.

    The server's name is looked up here, which may take its time: no recording waits for it.
    """
    if settings.mode != "server":
        return None
    server = settings.server
    if not server.host:
        return _unreachable(NONE_SET)
    try:
        address = resolve(server.host, server.port)
    except UsageError:
        return _unreachable(f"there is no host {server.host}: check the record server's address")
    peer = f"{server.host}:{server.port}"
    return lambda: TappedLink(TcpServerLink(address, server.dead_after_ms // 1000), peer, tell)


def _unreachable(why: str) -> Callable[[], ServerLink]:
    def refuse() -> ServerLink:
        raise ServerUnreachable(why)

    return refuse
