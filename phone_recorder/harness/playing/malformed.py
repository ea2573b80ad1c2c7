"""Datagrams that look like RTP and are none: each is wrong in its own way (RFC 3550 section 5.1)."""

from __future__ import annotations

_NUMBERS = bytes.fromhex("00 0001 000000A0 12345678")
_AUDIO = b"\xff" * 160

MALFORMED = {
    "short": b"\x80" + _NUMBERS[:10],
    "version": b"\x40" + _NUMBERS + _AUDIO,
    "padding": b"\xa0" + _NUMBERS + _AUDIO[:-1] + b"\xc8",
    "extension": b"\x90" + _NUMBERS + b"\xbe\xde\x00\x64" + _AUDIO,
    "csrc": b"\x8f" + _NUMBERS + _AUDIO[:40],
}
"""What is wrong, and the datagram."""


def malformed(count: int) -> list[bytes]:
    """So many, of each kind in turn."""
    kinds = tuple(MALFORMED.values())
    return [kinds[number % len(kinds)] for number in range(count)]
