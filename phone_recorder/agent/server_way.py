"""The way to the record server. Its name is looked up aside: a recording that begins meanwhile holds its audio."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from ipaddress import ip_address

from phone_recorder.adapters.lane import Lane
from phone_recorder.adapters.reactor import waiting
from phone_recorder.adapters.record_client import TcpServerLink, resolve
from phone_recorder.errors import ServerUnreachable, UsageError
from phone_recorder.recording.server_destination import Closed, LinkEvent, ServerLink
from phone_recorder.settings.record import ServerSettings

LOOK_UP_S = 30.0
ROOM = 4
UNKNOWN = "nobody knows a host of its name: check server.host"
Address = tuple[str, int]
"""Host, or its IP address, and port."""


class ServerWay:
    """Knows the address that each server had when its name was looked up last. `resolve` looks up; it may take long."""

    def __init__(self, resolve: Callable[[str, int], Address] = resolve) -> None:
        self._resolve = resolve
        self._known: dict[Address, Address] = {}
        self._asked: dict[Address, Future[Address]] = {}
        self._lane = Lane(lambda: UsageError("names are not looked up: there is no answer"), LOOK_UP_S, ROOM)

    async def look_up(self, server: ServerSettings) -> None:
        """Learn its address ahead; what was known stays, if that cannot be."""
        if server.host and not is_address(server.host):
            with suppress(UsageError):
                await waiting(self._ask((server.host, server.port)))

    def link(self, server: ServerSettings) -> ServerLink:
        """A link for one recording; ServerUnreachable if no server is set, or nobody can be asked where it is."""
        name = server.host, server.port
        if not server.host:
            raise ServerUnreachable("no record server is set: set server.host")
        known = name if is_address(server.host) else self._known.get(name)
        dead_after_s = server.dead_after_ms // 1000
        if known:
            return TcpServerLink(known, dead_after_s)
        try:
            return LinkByName(self._ask(name), lambda address: TcpServerLink(address, dead_after_s))
        except UsageError as error:
            raise ServerUnreachable(str(error)) from error

    def _ask(self, name: Address) -> Future[Address]:
        """The address, when it is looked up: once at a time. UsageError if too many names wait for that."""
        if (asked := self._asked.get(name)) is None:
            self._asked[name] = asked = self._lane.put(lambda: self._resolve(*name))
            asked.add_done_callback(lambda done: self._learn(name, done))
        return asked

    def _learn(self, name: Address, done: Future[Address]) -> None:
        """On the thread that has looked it up."""
        if done.exception() is None:
            self._known[name] = done.result()
        self._asked.pop(name, None)


class LinkByName:
    """A link to a server whose `address` is being looked up: it connects, by what `make` makes, once that is known."""

    def __init__(self, address: Future[Address], make: Callable[[Address], ServerLink]) -> None:
        self._address = address
        self._make = make
        self._link: ServerLink | None = None
        self._over = False

    def open(self) -> None:
        """Nothing, before it is known where to."""

    def events(self) -> Iterable[LinkEvent]:
        if self._link is None and self._address.done() and not self._over:
            try:
                address = self._address.result()
            except UsageError:
                self._over = True
                return [Closed(UNKNOWN)]
            self._link = self._make(address)
            self._link.open()
        return self._link.events() if self._link else ()

    def send(self, data: bytes) -> None:
        self._opened.send(data)

    def media_to(self, host: str, port: int) -> None:
        self._opened.media_to(host, port)

    def send_media(self, packets: list[bytes]) -> None:
        self._opened.send_media(packets)

    def close(self) -> None:
        self._over = True
        if self._link:
            self._link.close()

    @property
    def _opened(self) -> ServerLink:
        assert self._link is not None, "nobody sends before it is opened"
        return self._link


def is_address(host: str) -> bool:
    """Whether this is an IP address, and no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
