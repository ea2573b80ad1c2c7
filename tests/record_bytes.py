"""Record files and RTP packets, packed here once more from the format's description."""

from __future__ import annotations

import struct


def record(
    data: bytes, codec: bytes = b"PCMU", rtp_len: int = 80, increment: int = 80, data_size: int | None = None
) -> bytes:
    """The bytes of a record file; its dataSize is true unless another is given."""
    return struct.pack("<64siiI", codec, rtp_len, increment, len(data) if data_size is None else data_size) + data


def rtp(sequence: int, payload: bytes, payload_type: int = 0) -> bytes:
    """An RTP packet whose timestamp goes on by its payload's length with each sequence number."""
    timestamp = (sequence * len(payload)) & 0xFFFFFFFF
    return struct.pack("!BBHII", 0x80, payload_type, sequence & 0xFFFF, timestamp, 0x1234ABCD) + payload


def speech(size: int) -> bytes:
    """Bytes that are no two alike for a while, and hold no codec's silence for long."""
    return bytes(i * 7 % 251 for i in range(size))
