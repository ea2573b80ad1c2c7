"""Comfort noise (RFC 3389): one small packet says that silence follows, and then nothing is sent."""

from __future__ import annotations

from dataclasses import replace

from phone_recorder.wire.rtp import RtpPacket, timestamp_delta

PAYLOAD_TYPE = 13
LEVEL = 78
"""Of the noise, in dB below full scale."""


def noise(packet: RtpPacket) -> RtpPacket:
    """The packet that says so in the place of this one."""
    return replace(packet, payload_type=PAYLOAD_TYPE, payload=bytes([LEVEL]), marker=False, padding=0)


class NoisePause:
    """Says silence in the place of audio, as long as it is told to. The next audio has the marker bit."""

    def __init__(self) -> None:
        self._length = 0
        self._start: int | None = None

    def begin(self, length: int) -> None:
        """With the next packet, for so many units."""
        self._length = length
        self._start = None

    def shape(self, packet: RtpPacket) -> list[RtpPacket]:
        """What is sent in the place of this packet."""
        if not self._length:
            return [packet]
        if self._start is None:
            self._start = packet.timestamp
            return [noise(packet)]
        if 0 <= timestamp_delta(packet.timestamp, self._start) < self._length:
            return []
        self._length = 0
        return [replace(packet, marker=True)]
