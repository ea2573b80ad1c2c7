"""A picture of coloured numbers as a PNG file (RFC 2083): one byte a pixel, colours from a palette."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INDEXED, _BITS = 3, 8
_STOPS = ((0, 0, 4), (66, 10, 104), (147, 38, 103), (221, 81, 58), (252, 165, 10), (252, 255, 164))
"""From dark to light, so that louder is lighter for the colour-blind too."""


def png(width: int, rows: Iterable[bytes]) -> bytes:
    """A picture whose `rows`, from the top, have `width` bytes each: 0 is darkest, 255 lightest."""
    lines = [b"\0" + row for row in rows]
    head = struct.pack("!IIBBBBB", width, len(lines), _BITS, _INDEXED, 0, 0, 0)
    data = zlib.compress(b"".join(lines), 9)
    chunks = ((b"IHDR", head), (b"PLTE", PALETTE), (b"IDAT", data), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack("!I", len(content)) + kind + content + struct.pack("!I", zlib.crc32(kind + content))


def _palette() -> bytes:
    """256 colours, those between the stops in proportion."""
    spans = len(_STOPS) - 1
    colours = bytearray()
    for level in range(256):
        place, part = divmod(level * spans, 255)
        dark, light = _STOPS[place], _STOPS[min(place + 1, spans)]
        colours += bytes(a + (b - a) * part // 255 for a, b in zip(dark, light, strict=True))
    return bytes(colours)


PALETTE = _palette()
