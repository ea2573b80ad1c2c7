"""Digits as telephone events (RFC 4733), in the place of audio."""

from __future__ import annotations

import struct
from collections import deque
from dataclasses import replace

from phone_recorder.errors import UsageError
from phone_recorder.recording.units import from_ms
from phone_recorder.wire.rtp import RtpPacket, timestamp_delta

PAYLOAD_TYPE = 101
DIGITS = "0123456789*#ABCD"
"""Each is the event of its place here (RFC 4733 section 3.2)."""
LENGTH = from_ms(160)
VOLUME = 10
"""In dB below full scale."""
END_PACKETS = 3

_EVENT = struct.Struct("!BBH")


class Dtmf:
    """Sends an event packet for each packet of audio, until all digits are sent."""

    def __init__(self) -> None:
        self._events: deque[int] = deque()
        self._start: int | None = None

    def dial(self, digits: str) -> None:
        """Send these, a digit after another, with the next packet; UsageError if one is no digit."""
        if not digits or digits.upper().strip(DIGITS):
            raise UsageError(f"{digits!r} cannot be dialled: write digits from 0 to 9, *, # and A to D")
        self._events += map(DIGITS.index, digits.upper())

    def shape(self, packet: RtpPacket) -> list[RtpPacket]:
        """What is sent in the place of this packet. All packets of a digit have its first timestamp."""
        if not self._events:
            return [packet]
        begins = self._start is None
        start = packet.timestamp if self._start is None else self._start
        lasted = timestamp_delta(packet.timestamp, start) + len(packet.payload)
        over = not 0 < lasted < LENGTH
        said = _EVENT.pack(self._events[0], over << 7 | VOLUME, LENGTH if over else lasted)
        event = replace(packet, payload_type=PAYLOAD_TYPE, timestamp=start, marker=begins, payload=said, padding=0)
        self._start = None if over else start
        if over:
            self._events.popleft()
        return [event] * (END_PACKETS if over else 1)
