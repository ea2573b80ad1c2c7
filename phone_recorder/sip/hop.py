"""Where a message goes, or came from: one transport, one address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Transport = Literal["UDP", "TCP", "TLS"]
DEFAULT_PORTS: dict[Transport, int] = {"UDP": 5060, "TCP": 5060, "TLS": 5061}
"""RFC 3261 section 19.1.2."""


@dataclass(frozen=True, slots=True)
class Hop:
    """`host` is an IP address without brackets; `name` is what the certificate of a TLS peer must bear."""

    transport: Transport
    host: str
    port: int
    name: str = field(default="", compare=False)

    @property
    def reliable(self) -> bool:
        """Whether what is sent arrives, or fails: nothing is sent twice then (RFC 3261 section 17)."""
        return self.transport != "UDP"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port} over {self.transport}"
