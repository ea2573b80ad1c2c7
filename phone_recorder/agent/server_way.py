"""The way to the record server. Its name is looked up ahead, aside: no recording waits for that."""

from __future__ import annotations

from ipaddress import ip_address

from phone_recorder.adapters.lane import Lane
from phone_recorder.adapters.reactor import waiting
from phone_recorder.adapters.record_client import TcpServerLink, resolve
from phone_recorder.errors import ServerUnreachable, UsageError
from phone_recorder.recording.server_destination import ServerLink
from phone_recorder.settings.record import ServerSettings

LOOK_UP_S = 30.0
ROOM = 4
Address = tuple[str, int]


class ServerWay:
    """Knows the address that each server had when its name was looked up last."""

    def __init__(self) -> None:
        self._known: dict[Address, Address] = {}
        self._lane = Lane(lambda: UsageError("names are not looked up: there is no answer"), LOOK_UP_S, ROOM)

    async def look_up(self, server: ServerSettings) -> None:
        """Learn its address; what was known stays, if that cannot be."""
        if not server.host or _is_address(server.host):
            return
        try:
            future = self._lane.put(lambda: resolve(server.host, server.port))
            self._known[server.host, server.port] = await waiting(future)
        except UsageError:
            return

    def link(self, server: ServerSettings) -> ServerLink:
        """A link for one recording; ServerUnreachable if it is not known where the server is."""
        if not server.host:
            raise ServerUnreachable("no record server is set: set server.host")
        return TcpServerLink(self._address(server), server.dead_after_ms // 1000)

    def _address(self, server: ServerSettings) -> Address:
        if _is_address(server.host):
            return server.host, server.port
        if known := self._known.get((server.host, server.port)):
            return known
        raise ServerUnreachable(f"there is no host {server.host}: check the record server's address")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
