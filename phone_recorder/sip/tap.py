"""Whoever wants to see each message and packet as it passes: a trace, a capture."""

from __future__ import annotations

from typing import Literal, Protocol

Address = tuple[str, int]
"""IP address, and port."""


class Tap(Protocol):
    """Sees what passes. It never raises: a full disk must not end a call."""

    def packet(self, transport: Literal["UDP", "TCP", "TLS"], source: Address, target: Address, data: bytes) -> None:
        """A datagram, or one whole message of a stream."""
