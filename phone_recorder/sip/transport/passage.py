"""What the transports tell: whole messages that came, what went, and where nothing can be sent any more."""

from __future__ import annotations

import asyncio
from typing import Protocol

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.tap import Address, Tap


class Receiver(Protocol):
    """Takes what comes."""

    def received(self, data: bytes, source: Hop) -> None:
        """One whole message."""

    def broken(self, hop: Hop, error: SipUnreachable) -> None:
        """Nothing can be sent there any more, or what was sent may not have arrived."""


class Passage:
    """Between the sockets and the receiver. The taps see each message, before the receiver and as it leaves."""

    def __init__(self, taps: tuple[Tap, ...] = ()) -> None:
        self.receiver: Receiver | None = None
        self.closed = False
        self.taps = taps

    def came(self, data: bytes, source: Hop, local: Address) -> None:
        """A message has come from there to this address of ours."""
        for tap in self.taps:
            tap.packet(source.transport, (source.host, source.port), local, data)
        if self.receiver and not self.closed:
            self.receiver.received(data, source)

    def went(self, data: bytes, target: Hop, local: Address) -> None:
        """A message was given to the operating system."""
        for tap in self.taps:
            tap.packet(target.transport, local, (target.host, target.port), data)

    def broke(self, hop: Hop, error: SipUnreachable) -> None:
        """Nothing can be sent there. It is told soon, not now: whoever sends is not called back while it does."""
        asyncio.get_running_loop().call_soon(self._tell, hop, error)

    def _tell(self, hop: Hop, error: SipUnreachable) -> None:
        if self.receiver and not self.closed:
            self.receiver.broken(hop, error)
