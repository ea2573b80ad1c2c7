"""The sockets of control connections: who is let in, and what they are answered."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from contextlib import suppress

from phone_recorder.adapters.clock import Clock
from phone_recorder.recording.units import SECOND
from phone_recorder.server.control import ControlConnection, Safe
from phone_recorder.server.core import RecordServer
from phone_recorder.server.door import CLOSED, NOT_ALLOWED, TOO_MANY, TOO_MANY_OF_A_HOST, TOO_OFTEN
from phone_recorder.server.limits import BURST
from phone_recorder.server.rate_limit import RateLimits

MAX_UNREAD = 65_536
"""Bytes of answers that a phone may leave unread."""
KEEPALIVE = ((socket.TCP_KEEPIDLE, 10), (socket.TCP_KEEPINTVL, 5), (socket.TCP_KEEPCNT, 3))
"""A phone that has lost its power says nothing: after 25 s it is known to be gone (tcp(7))."""
ROUND = SECOND
"""Between two looks at the connections on which nothing happens: most, of thousands that record."""


class Lobby:
    """The control connections of one server. `turned_away` counts those that were not let in, by reason."""

    def __init__(self, core: RecordServer, clock: Clock, safe: Safe) -> None:
        self.open: set[ControlSocket] = set()
        self._lively: set[ControlSocket] = set()
        self._round_at = clock.now()
        self.closed = False
        self._of_host: Counter[str] = Counter()
        self.turned_away: Counter[str] = Counter()
        self.core = core
        self.clock = clock
        self.safe = safe
        rate = core.limits.connection_rate
        self._rates = RateLimits(rate, rate * BURST)

    def enter(self) -> ControlSocket:
        """The protocol of a new connection."""
        return ControlSocket(self)

    def why_not(self, host: str) -> str:
        """Why nobody of this host is let in now; "" if somebody is."""
        limits = self.core.limits
        if self.closed:
            return CLOSED
        if not self.core.access.may_connect(host):
            return NOT_ALLOWED
        if len(self.open) >= limits.connections:
            return TOO_MANY
        if self._of_host[host] >= limits.connections_per_host:
            return TOO_MANY_OF_A_HOST
        if not self._rates.take(host, self.clock.now()):
            return TOO_OFTEN
        return ""

    def advance(self, now: int) -> None:
        """Time passes: soon for those that wait for it, and for all once a ROUND."""
        if now >= self._round_at:
            self._round_at = now + ROUND
            self._lively |= self.open
        for control in list(self._lively):
            control.advance(now)

    def look_at_all(self) -> None:
        """At the next advance: a recording has ended of which no phone has said that it should."""
        self._round_at = self.clock.now()

    def note(self, control: ControlSocket, lively: bool) -> None:
        """Whether time means anything to it."""
        if lively and control in self.open:
            self._lively.add(control)
        else:
            self._lively.discard(control)

    def add(self, control: ControlSocket) -> None:
        """It is in."""
        self.open.add(control)
        self._of_host[control.host] += 1

    def remove(self, control: ControlSocket) -> None:
        """It is gone."""
        self.open.remove(control)
        self._lively.discard(control)
        self._of_host[control.host] -= 1
        if not self._of_host[control.host]:
            del self._of_host[control.host]

    def close(self, reason: str) -> None:
        """Drop all, and let nobody in any more."""
        self.closed = True
        for control in list(self.open):
            control.drop(reason)


class ControlSocket(asyncio.Protocol):
    """One control connection's socket."""

    __slots__ = ("_connection", "_lobby", "_transport", "host")

    def __init__(self, lobby: Lobby) -> None:
        self._lobby = lobby
        self.host = ""
        self._connection: ControlConnection | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        lobby = self._lobby
        self._transport = transport
        self.host, local = (transport.get_extra_info(name)[0] for name in ("peername", "sockname"))
        refusal = lobby.why_not(self.host)
        if refusal:
            lobby.turned_away[refusal] += 1
            transport.abort()
            return
        _keep_alive(transport.get_extra_info("socket"))
        self._connection = ControlConnection(lobby.core, lobby.clock.now(), self.host, local, lobby.safe)
        lobby.add(self)

    def data_received(self, data: bytes) -> None:
        if self._connection:
            self._send(self._connection, self._connection.receive(self._lobby.clock.now(), data))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._connection:
            self._connection.closed()
            self._lobby.remove(self)

    def advance(self, now: int) -> None:
        if self._connection:
            self._send(self._connection, self._connection.advance(now))

    def drop(self, reason: str) -> None:
        if self._connection:
            self._connection.closed(reason)
        self.end()

    def end(self) -> None:
        """Close it; what a phone has not read by now it need not have."""
        if self._transport.get_write_buffer_size():
            self._transport.abort()
        else:
            self._transport.close()

    def _send(self, connection: ControlConnection, answer: bytes) -> None:
        self._lobby.note(self, not connection.calm)
        if answer:
            self._transport.write(answer)
        if self._transport.get_write_buffer_size() > MAX_UNREAD:
            connection.closed("the phone does not read its answers")
            self._transport.abort()
        elif connection.ended:
            self.end()


def _keep_alive(control: socket.socket) -> None:
    with suppress(OSError):
        # Without it a phone that vanishes is noticed when no RTP comes any more.
        control.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in KEEPALIVE:
            control.setsockopt(socket.IPPROTO_TCP, option, value)
