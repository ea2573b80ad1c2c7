"""From a SIP URI to the next hop (RFC 3263 section 4), as far as the system's names go: without NAPTR and SRV."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Thread
from typing import Any, get_args

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.hop import DEFAULT_PORTS, Hop, Transport
from phone_recorder.sip.messages.message import SipUri
from phone_recorder.sip.transport.own_address import is_address
from phone_recorder.wire.printable import printable

LOOK_UP_S = 10.0
"""For a name; a resolver without a network may take much longer to say so."""
KEPT_MOST = 256
"""Names whose addresses are remembered."""

_TRANSPORTS: dict[str, Transport] = {name.lower(): name for name in get_args(Transport)}

Lookup = Callable[[str, int, socket.SocketKind], Awaitable[str]]
"""An IP address of a name; OSError if there is none. The port and kind are those that it is wanted for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a URI says of the next hop. `target` is to be sent to, `name` is what a certificate must be for."""

    transport: Transport
    target: str
    port: int
    name: str

    @classmethod
    def parse(cls, uri: SipUri, transport: Transport | None = None) -> Wanted:
        """`transport` is for a URI that leaves it open; SipUnreachable if this phone cannot do what it asks."""
        chosen = _transport(uri, transport)
        port = DEFAULT_PORTS[chosen] if uri.port is None else uri.port
        name = _host(uri.host)
        target = _host(uri.params.get("maddr") or uri.host)
        if not target or not name or not 0 < port < 65536:
            raise SipUnreachable(f"{_shown(uri)} names no host and port that can be: check the address")
        return cls(chosen, target, port, name)

    def at(self, address: str) -> Hop:
        """The hop, when the target has this address."""
        return Hop(self.transport, address, self.port, self.name)


class Resolver:
    """Finds hops, and remembers what it has found."""

    def __init__(self, lookup: Lookup | None = None) -> None:
        self._lookup = lookup or system_lookup
        self._kept: dict[str, str] = {}

    async def find(self, uri: SipUri, transport: Transport | None = None) -> Hop:
        """The next hop, its name looked up anew; SipUnreachable says what to do."""
        wanted = Wanted.parse(uri, transport)
        if not is_address(wanted.target):
            self._keep(wanted.target, await self._address(wanted))
        return wanted.at(self._kept.get(wanted.target, wanted.target))

    def find_now(self, uri: SipUri, transport: Transport | None = None) -> Hop | None:
        """The next hop of an IP address, or of a name that was found before; None if it is not known.

        SipUnreachable for what cannot be found by waiting either.
        """
        wanted = Wanted.parse(uri, transport)
        address = wanted.target if is_address(wanted.target) else self._kept.get(wanted.target)
        return wanted.at(address) if address else None

    def _keep(self, name: str, address: str) -> None:
        self._kept.pop(name, None)
        self._kept[name] = address
        while len(self._kept) > KEPT_MOST:
            del self._kept[next(iter(self._kept))]

    async def _address(self, wanted: Wanted) -> str:
        name = printable(wanted.target)
        kind = socket.SOCK_DGRAM if wanted.transport == "UDP" else socket.SOCK_STREAM
        try:
            async with asyncio.timeout(LOOK_UP_S):
                return await self._lookup(wanted.target, wanted.port, kind)
        except TimeoutError as error:
            raise SipUnreachable(
                f"nobody says what the address of {name!r} is: check the network, or use an IP address"
            ) from error
        except (OSError, UnicodeError) as error:
            # UnicodeError: what could not be a host's name at all.
            raise SipUnreachable(f"there is no host {name!r}: {_advice(wanted.target)}") from error


async def system_lookup(name: str, port: int, kind: socket.SocketKind) -> str:
    """The address that the system puts first (RFC 6724), in its families; a link's own with its interface."""
    found = await _apart(partial(socket.getaddrinfo, name, port, type=kind))
    address = found[0][4]
    host = str(address[0])
    zone = address[3] if len(address) == 4 else 0
    return f"{host}%{zone}" if zone and "%" not in host else host


async def _apart(work: Callable[[], list[Any]]) -> list[Any]:
    """Done on a thread that nobody waits for.

    asyncio's own threads are waited for when the program ends: without a network, minutes after the user has given up.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[list[Any]] = loop.create_future()

    def settle(finish: Callable[[], None]) -> None:
        if not done.done():
            finish()

    def run() -> None:
        try:
            finish = partial(done.set_result, work())
        except BaseException as error:
            finish = partial(done.set_exception, error)
        with suppress(RuntimeError):  # the loop is closed: nobody wants to know any more
            loop.call_soon_threadsafe(settle, finish)

    Thread(target=run, name="look-up", daemon=True).start()
    return await done


def _transport(uri: SipUri, otherwise: Transport | None) -> Transport:
    """Section 4.1. `sips` is TLS, whatever carries it."""
    asked = (uri.params.get("transport") or "").lower()
    if (asked and asked not in _TRANSPORTS) or (uri.scheme == "sips" and asked == "udp"):
        raise SipUnreachable(f"{_shown(uri)} wants a transport that this phone has not: use UDP, TCP or TLS")
    if uri.scheme == "sips":
        return "TLS"
    return _TRANSPORTS[asked] if asked else otherwise or "UDP"


def _host(text: str) -> str:
    """A host as the system wants it: without brackets, and without the dot that ends a name."""
    host = text.strip().removeprefix("[").removesuffix("]").rstrip(".")
    return "" if host.startswith(".") or not host.isprintable() or " " in host else host.lower()


def _shown(uri: SipUri) -> str:
    """A URI for an error, without what may be secret."""
    return repr(printable(f"{uri.scheme}:{uri.host}"))


def _advice(name: str) -> str:
    if name.endswith(".local"):
        return "for names in .local this machine needs mDNS (libnss-mdns); or use an IP address"
    return "check the name, or use an IP address"
