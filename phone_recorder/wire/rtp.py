"""RTP packets (RFC 3550 section 5.1) and the arithmetic of their wrapping counters."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from phone_recorder.errors import RtpError

VERSION = 2
HEADER_SIZE = 12
CLOCK_RATE = 8000
"""RTP clock of PCMU, PCMA and G722 alike (RFC 3551 section 4.5.2), in Hz."""

_HEADER = struct.Struct("!BBHII")
_PLAIN = VERSION << 6
SEQUENCE_MASK = 0xFFFF
TIMESTAMP_MASK = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Extension:
    """The header extension (RFC 3550 section 5.3.1); `data` is a multiple of four bytes."""

    profile: int
    data: bytes


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """One RTP packet. `padding` counts the bytes of padding, the count's own byte included."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False
    csrc: tuple[int, ...] = ()
    extension: Extension | None = None
    padding: int = 0

    @classmethod
    def parse(cls, data: bytes) -> RtpPacket:
        """Read a datagram; RtpError says what is wrong with one that is not RTP."""
        if len(data) < HEADER_SIZE:
            raise RtpError(f"{len(data)} bytes are too few for an RTP header of {HEADER_SIZE}")
        flags, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
        if flags == _PLAIN:
            return cls(second & 0x7F, sequence, timestamp, ssrc, data[HEADER_SIZE:], second > 0x7F)
        if flags >> 6 != VERSION:
            raise RtpError(f"RTP version {flags >> 6} instead of {VERSION}")
        csrc, offset = _parse_csrc(data, flags & 0x0F)
        extension, offset = _parse_extension(data, offset) if flags & 0x10 else (None, offset)
        padding = _padding_size(data, offset) if flags & 0x20 else 0
        payload = data[offset : len(data) - padding]
        return cls(second & 0x7F, sequence, timestamp, ssrc, payload, second > 0x7F, csrc, extension, padding)

    def __bytes__(self) -> bytes:
        flags = _PLAIN | bool(self.padding) << 5 | bool(self.extension) << 4 | len(self.csrc)
        second = self.marker << 7 | self.payload_type
        parts = [
            _HEADER.pack(flags, second, self.sequence, self.timestamp, self.ssrc),
            struct.pack(f"!{len(self.csrc)}I", *self.csrc),
        ]
        if self.extension:
            parts.append(struct.pack("!HH", self.extension.profile, len(self.extension.data) // 4))
            parts.append(self.extension.data)
        parts.append(self.payload)
        if self.padding:
            parts.append(bytes(self.padding - 1) + bytes([self.padding]))
        return b"".join(parts)


class RtpSender:
    """Gives the packets of one outgoing stream: sequence and timestamp continuous over both wraps."""

    def __init__(self, payload_type: int, ssrc: int, sequence: int, timestamp: int) -> None:
        self.ssrc = ssrc
        self.sequence = sequence & SEQUENCE_MASK
        self.timestamp = timestamp & TIMESTAMP_MASK
        self._payload_type = payload_type

    @classmethod
    def drawn(cls, payload_type: int, draw: Callable[[int], int]) -> RtpSender:
        """One that begins at random (RFC 3550 section 5.1); `draw` gives so many random bits."""
        return cls(payload_type, draw(32), draw(16), draw(32))

    def packet(self, payload: bytes, marker: bool = False) -> bytes:
        """The next packet on the wire. One byte of payload is one unit of the RTP clock in all our codecs."""
        header = _HEADER.pack(_PLAIN, marker << 7 | self._payload_type, self.sequence, self.timestamp, self.ssrc)
        self.sequence = (self.sequence + 1) & SEQUENCE_MASK
        self.timestamp = (self.timestamp + len(payload)) & TIMESTAMP_MASK
        return header + payload


def plain_header(payload_type: int, sequence: int, timestamp: int, ssrc: int) -> bytes:
    """The header of a packet without marker, contributing sources, extension and padding."""
    return _HEADER.pack(_PLAIN, payload_type, sequence, timestamp, ssrc)


def sequence_delta(newer: int, older: int) -> int:
    """Signed distance of two 16-bit sequence numbers, the short way round: -32768..32767."""
    return ((newer - older + 0x8000) & SEQUENCE_MASK) - 0x8000


def timestamp_delta(newer: int, older: int) -> int:
    """Signed distance of two 32-bit timestamps, the short way round: -2**31..2**31 - 1."""
    return ((newer - older + 0x80000000) & TIMESTAMP_MASK) - 0x80000000


def _parse_csrc(data: bytes, count: int) -> tuple[tuple[int, ...], int]:
    end = HEADER_SIZE + 4 * count
    if len(data) < end:
        raise RtpError(f"the packet ends inside its {count} contributing sources")
    return struct.unpack_from(f"!{count}I", data, HEADER_SIZE), end


def _parse_extension(data: bytes, offset: int) -> tuple[Extension, int]:
    if len(data) < offset + 4:
        raise RtpError("the packet ends inside the head of its extension")
    profile, words = struct.unpack_from("!HH", data, offset)
    end = offset + 4 + 4 * words
    if len(data) < end:
        raise RtpError(f"the packet ends inside its extension of {4 * words} bytes")
    return Extension(profile, data[offset + 4 : end]), end


def _padding_size(data: bytes, offset: int) -> int:
    size = data[-1] if len(data) > offset else 0
    if not 0 < size <= len(data) - offset:
        raise RtpError(f"a padding of {size} bytes does not fit a payload of {len(data) - offset}")
    return size
