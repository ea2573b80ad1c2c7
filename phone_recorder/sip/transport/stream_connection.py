"""One TCP or TLS connection for SIP: on its way, standing, or gone (RFC 3261 section 18)."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Protocol, cast

from phone_recorder.errors import SipMessageError, SipUnreachable
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.tap import Address
from phone_recorder.sip.transport.framing import PING, PONG, Framing
from phone_recorder.sip.transport.unreachable import in_words

MAX_UNREAD = 1 << 20
"""Bytes that may wait for the other side to read them, or for the connection to stand."""
PATIENCE_S = 30.0
"""For the first message on a connection that somebody else has made, and for the rest of any that has begun."""
IDLE_S = 120.0
"""For a connection that somebody else has made, and nothing goes by: longer than it is between two pings."""
MOST_PONGS = 16
"""Answers to the pings that come in one piece: more of them ask nothing else."""
DEAD_AFTER_MS = 32_000
"""A peer whose machine acknowledges nothing for so long is gone: 64*T1, when transactions give up too."""


class Keeper(Protocol):
    """Whoever keeps connections."""

    def joined(self, connection: StreamConnection) -> None:
        """It stands."""

    def came(self, data: bytes, connection: StreamConnection) -> None:
        """A whole message has come by it."""

    def went(self, data: bytes, connection: StreamConnection) -> None:
        """A message leaves by it."""

    def gone(self, connection: StreamConnection, error: SipUnreachable) -> None:
        """It takes no more, for this reason. Told once."""


class StreamConnection(asyncio.Protocol):
    """A connection to `hop`; without one it was made by the other side, whose address the hop then is.

    `settled` is set when it stands or will not; `over` when its socket is closed. `error` says why it is no more.
    `active` is when a whole message, or a ping, went by it last, on the loop's clock.
    """

    def __init__(self, keeper: Keeper, hop: Hop | None = None) -> None:
        self.accepted = hop is None
        self.hop = hop or Hop("TCP", "", 0)
        self.local: Address | None = None
        self.error: SipUnreachable | None = None
        self.settled = asyncio.Event()
        self.over = asyncio.Event()
        self.used = False
        self.active = 0.0
        self._keeper = keeper
        self._deadline: asyncio.TimerHandle | None = None
        self._patience: float | None = None
        self._transport: asyncio.Transport | None = None
        self._waiting: list[bytes] = []
        self._framing = Framing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if self.error:  # given up while it was on its way
            self._transport.abort()
            return
        self.local = transport.get_extra_info("sockname")[:2]
        if self.accepted:
            self.hop = Hop("TCP", *transport.get_extra_info("peername")[:2])
        self._note_life()
        _notice_death(transport.get_extra_info("socket"))
        self._keeper.joined(self)
        self.settled.set()
        waiting, self._waiting = self._waiting, []
        for data in waiting:
            self._leave(data)

    def data_received(self, data: bytes) -> None:
        before = self._framing.pings
        came = self._take(data)
        pinged = self._framing.pings - before
        if pinged:
            self._write(PONG * min(pinged, MOST_PONGS))
        if came or (pinged and self.used):
            self._note_life(whole=came > 0)
        self._expect()

    def connection_lost(self, error: Exception | None) -> None:
        why = SipUnreachable(f"{self.hop} has closed the connection")
        self.fail(in_words(self.hop, error) if isinstance(error, OSError) else why)
        self.over.set()

    def send(self, data: bytes) -> None:
        """Send it, or keep it until the connection stands; if too much waits, the connection is over."""
        self.used = True
        if self._transport:
            self._leave(data)
            self._note_life()
        else:
            self._waiting.append(data)
            self._limit(sum(map(len, self._waiting)))

    def ping(self) -> None:
        """Keep the way open; the peer may answer or not (RFC 5626 section 3.5.1)."""
        self._framing.pong_due = True
        self._write(PING)
        self._note_life()

    def fail(self, error: SipUnreachable) -> None:
        """It is over: nothing more is sent, or taken."""
        if self.error:
            return
        self.error = error
        self._expect()
        self._keeper.gone(self, error)
        self.settled.set()
        if self._transport:
            self._transport.abort()
        else:
            self.over.set()

    def close(self) -> None:
        """End it when all that was sent is on its way."""
        if self._transport:
            self._transport.close()
        else:
            self.fail(SipUnreachable(f"{self.hop} was not reached before this phone ended"))

    def abort(self) -> None:
        """End it now."""
        if self._transport:
            self._transport.abort()

    def _take(self, data: bytes) -> int:
        """How many messages have become whole by these bytes."""
        came = 0
        try:
            for message in self._framing.feed(data):
                if self.error:  # whoever took the message before has ended it
                    break
                self.used = True
                came += 1
                self._keeper.came(message, self)
        except SipMessageError as error:
            self.fail(SipUnreachable(f"the connection to {self.hop} was cut: {error}"))
        return came

    def _leave(self, data: bytes) -> None:
        if not self.error:
            self._keeper.went(data, self)
            self._write(data)

    def _write(self, data: bytes) -> None:
        if self._transport and not self.error:
            self._transport.write(data)
            self._limit(self._transport.get_write_buffer_size())

    def _limit(self, waiting: int) -> None:
        if waiting > MAX_UNREAD:
            self.fail(SipUnreachable(f"the connection to {self.hop} was cut: what it is sent is not read"))

    def _note_life(self, whole: bool = False) -> None:
        """Something has gone by. What has begun to come gets more time only by a `whole` message of the peer's."""
        self.active = asyncio.get_running_loop().time()
        if whole or not self._framing.partial:
            self._expect_within(None)
        self._expect()

    def _expect(self) -> None:
        """See to what has to come next within its time, counted from when it was first to."""
        patience = None if self.error else self._wanted_within()
        if patience != self._patience:
            self._expect_within(patience)

    def _expect_within(self, patience: float | None) -> None:
        if self._deadline:
            self._deadline.cancel()
        later = asyncio.get_running_loop().call_later
        self._deadline = later(patience, self._lose_patience) if patience else None
        self._patience = patience

    def _wanted_within(self) -> float | None:
        if self._framing.partial or (self.accepted and not self.used):
            return PATIENCE_S
        return IDLE_S if self.accepted else None

    def _lose_patience(self) -> None:
        self.fail(SipUnreachable(f"the connection to {self.hop} was cut: no whole message came in time"))


def _notice_death(connection: socket.socket) -> None:
    with suppress(OSError):
        # Lost already: that is told in a moment.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_AFTER_MS)
