"""The three codecs of a recording as RTP payloads (RFC 3551 section 6): number, name, audio rate, silence.

All three carry 64 kbit/s: one byte of payload is one unit of the 8000 Hz RTP clock. G.722's audio is sampled at
16 kHz although its RTP clock is 8000 (RFC 3551 section 4.5.2).
"""

from __future__ import annotations

from dataclasses import dataclass

BYTES_PER_MS = 8
PTIMES_MS = (10, 20, 30, 40, 60)
"""Packet times that phones of this family offer."""


@dataclass(frozen=True, slots=True, eq=False)
class Codec:
    """One of the three below, compared by identity. `sample_rate` is of the audio, in Hz; `silence_byte` is silence."""

    name: str
    payload_type: int
    sample_rate: int
    silence_byte: int

    def silence(self, size: int) -> bytes:
        """`size` bytes, which is `size` / 8 milliseconds, of silence."""
        return bytes([self.silence_byte]) * size

    def __str__(self) -> str:
        return self.name


PCMU = Codec("PCMU", 0, 8000, 0xFF)
PCMA = Codec("PCMA", 8, 8000, 0xD5)
G722 = Codec("G722", 9, 16000, 0xFA)

CODECS = (PCMU, PCMA, G722)
BY_NAME = {codec.name: codec for codec in CODECS}
BY_PAYLOAD_TYPE = {codec.payload_type: codec for codec in CODECS}

RATES = ("", "/8000", "/8000/1")
"""What may follow a codec's name: the rate of its RTP clock, and its one channel."""


def find_codec(name: str) -> Codec | None:
    """The codec of that name, in any case; None for another clock rate or more channels (`PCMU/16000`)."""
    plain, slash, rate = name.strip().partition("/")
    return BY_NAME.get(plain.upper()) if slash + rate in RATES else None
