"""The UDP ports that calls are heard at: the one that a call had already, or the next of the range that is set."""

from __future__ import annotations

from typing import Protocol

from phone_recorder.adapters.udp import PortRange, UdpPort
from phone_recorder.agent.rtp_input import Port


class Ports(Protocol):
    """Where ports for RTP come from."""

    def open(self, host: str, number: int | None, span: str) -> Port:
        """The host's port of that number, or any, of the range `span` if there is one; UsageError if it is taken."""


class LocalPorts:
    """Those of this machine."""

    def __init__(self) -> None:
        self._ranges: dict[str, PortRange] = {}

    def open(self, host: str, number: int | None, span: str) -> Port:
        if number or not span:
            return UdpPort(host, number or 0)
        if span not in self._ranges:
            first, _, last = span.partition("-")
            self._ranges[span] = PortRange(int(first), int(last or first))
        return self._ranges[span].open(host, even=True)
