"""A local port that the phone's program sends RTP to, and the one source that is listened to there.

A port that takes RTP from anywhere can be made to record anything (rtpengine CVE-2025-53399, AST-2017-005).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from phone_recorder.errors import RtpError
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.rtp import RtpPacket

Address = tuple[str, int]
Datagram = tuple[int, bytes]

_RTCP = range(64, 96)
"""What the payload types of RTCP packets look like (RFC 5761 section 4)."""
SILENT = 2 * SECOND
"""After so much silence of the source another one may take its place: the phone has opened another socket."""


class Port(Protocol):
    """A UDP port, as adapters/udp.py has it."""

    @property
    def address(self) -> Address: ...

    def arrivals(self) -> Iterable[tuple[int, bytes, Address]]:
        """All that waits: instant, datagram, source."""

    def close(self) -> None: ...


class RtpInput:
    """The first source that sends RTP keeps the port."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._source: Address | None = None
        self.heard_at = 0
        """When RTP of the call came last, as far as it was taken."""
        self.heard = False
        """Whether anything of the call has ever come."""
        self.foreign = 0
        """Datagrams of others, dropped."""

    @property
    def number(self) -> int:
        """The port's."""
        return self._port.address[1]

    def take(self) -> list[Datagram]:
        """What has come of the call since the last time, each with its instant."""
        return list(self._admitted())

    def discard(self) -> None:
        """Forget what has come since the last time: of a call that was not recorded that may be a megabyte."""
        for _ in self._admitted():
            pass

    def close(self) -> None:
        """Give the port back."""
        self._port.close()

    def _admitted(self) -> Iterator[Datagram]:
        for instant, data, source in self._port.arrivals():
            if self._admits(instant, data, source):
                yield instant, data

    def _admits(self, instant: int, data: bytes, source: Address) -> bool:
        if source != self._source and not self._may_lock(instant, data, source):
            self.foreign += 1
            return False
        # Whatever else the source sends is counted as bad, and holds no port that it does not use.
        if _is_rtp(data):
            self.heard_at = instant
            self.heard = True
        return True

    def _may_lock(self, instant: int, data: bytes, source: Address) -> bool:
        if self._source is not None and instant - self.heard_at < SILENT:
            return False
        if not _is_rtp(data):
            return False
        self._source = source
        return True


def _is_rtp(data: bytes) -> bool:
    try:
        return RtpPacket.parse(data).payload_type not in _RTCP
    except RtpError:
        return False
