"""Which bytes of a whole are asked for (RFC 9110 section 14): one range; several at once are answered with all."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,19})-([0-9]{0,19})[ \t]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes from `start` up to, without, `stop`, of `size`."""

    start: int
    stop: int
    size: int

    def __str__(self) -> str:
        """For Content-Range."""
        return f"bytes {self.start}-{self.stop - 1}/{self.size}"


class NotSatisfiable(Exception):
    """The range lies outside: status 416 (RFC 9110 section 15.5.17)."""


def parse_range(header: str, size: int) -> ByteRange | None:
    """The range that a Range header asks for; None for the whole, as for a header that cannot be read."""
    found = _ONE_RANGE.fullmatch(header.strip())
    if not found or not (found[1] or found[2]):
        return None
    if not found[1]:
        return _checked(max(size - int(found[2]), 0), size, size)
    first, last = int(found[1]), int(found[2] or size)
    if last < first and found[2]:
        return None
    return _checked(first, min(last + 1, size), size)


def _checked(start: int, stop: int, size: int) -> ByteRange:
    if start >= size:
        raise NotSatisfiable(f"the range begins at byte {start} of {size}")
    return ByteRange(start, stop, size)
