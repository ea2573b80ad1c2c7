"""The way that a dialog's requests take: each to the hop that its next URI names, none before an earlier one.

A name may have to be looked up; an ACK that waits for that must not be overtaken by a BYE. Servers name themselves in
Contact and Record-Route as they like, by an IP address or without a transport: that is no reason to leave a connection
that stands, least of all one whose certificate has been verified.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.hop import DEFAULT_PORTS, Hop, Transport
from phone_recorder.sip.messages.address import SIP_SCHEMES
from phone_recorder.sip.messages.message import SipUri
from phone_recorder.sip.transport.own_address import is_address

Send = Callable[[Hop], None]
Locate = Callable[[SipUri, Callable[[Hop], None], Callable[[SipUnreachable], None]], None]
"""Finds the hop of a URI: calls back with it, or with why there is none, at once where it is known."""

_STRENGTH: dict[Transport, int] = {"UDP": 0, "TCP": 1, "TLS": 2}


def is_same_place(found: Hop, known: Hop) -> bool:
    """Whether `known` will do for it: the same address and port, and a transport that is at least as good."""
    at_least = _STRENGTH[known.transport] >= _STRENGTH[found.transport]
    return at_least and (found.host, found.port) == (known.host, known.port)


def is_less_secure(found: Hop, known: Hop) -> bool:
    """Whether TLS is known, and this would be no TLS, or one that a host known by its name has but an address for."""
    if known.transport != "TLS":
        return False
    unnamed = is_address(found.name) and not is_address(known.name or known.host)
    return found.transport != "TLS" or (unnamed and found.host == known.host)


def fallback(uri: SipUri, known: Hop) -> Hop:
    """Where a URI's requests go that has no hop of its own; by TLS if it is of `sips` (RFC 3261 section 26.2.2)."""
    if uri.scheme != "sips" or known.transport == "TLS":
        return known
    return Hop("TLS", known.host, DEFAULT_PORTS["TLS"], uri.host)


class Path:
    """`known` is where the dialog's first message went or came from: it takes what has no hop of its own.

    A Contact may bear a name that only the peer's own network knows.
    """

    def __init__(self, locate: Locate, known: Hop) -> None:
        self.known = known
        self._locate = locate
        self._waiting: deque[tuple[SipUri, Send]] = deque()

    def send(self, uri: SipUri, send: Send) -> None:
        """Call `send` with the hop of `uri`, at once if it can be."""
        self._waiting.append((uri, send))
        if len(self._waiting) == 1:
            self._look_up()

    def _look_up(self) -> None:
        uri, _ = self._waiting[0]
        if uri.scheme in SIP_SCHEMES:
            self._locate(uri, self._choose, lambda error: self._found(fallback(uri, self.known)))
        else:
            self._found(self.known)

    def _choose(self, hop: Hop) -> None:
        stays = is_same_place(hop, self.known) or is_less_secure(hop, self.known)
        self._found(self.known if stays else hop)

    def _found(self, hop: Hop) -> None:
        _, send = self._waiting.popleft()
        send(hop)
        if self._waiting:
            self._look_up()
