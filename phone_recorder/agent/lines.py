"""Lines out of a stream of bytes: in whatever pieces they come."""

from __future__ import annotations

from phone_recorder.errors import WireError

LONGEST_LINE = 64 * 1024
"""Bytes, without the newline."""


class LineTooLong(WireError):
    """A line is longer than any may be. There is nothing more to be had."""


class Lines:
    """Filled with what has come, and emptied a line at a time."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._start = 0
        self._seen = 0  # up to here there is no newline

    def put(self, data: bytes) -> None:
        """More has come."""
        del self._data[: self._start]
        self._seen -= self._start
        self._start = 0
        self._data += data

    def end(self) -> None:
        """Nothing more will come: what stands there without a newline was a line too."""
        if len(self._data) > self._start and not self._data.endswith(b"\n"):
            self._data += b"\n"

    def take(self) -> bytes | None:
        """The next line, without its newline; None if there is no whole one yet. LineTooLong."""
        end = self._data.find(b"\n", self._seen)
        length = (len(self._data) if end < 0 else end) - self._start
        if length > LONGEST_LINE:
            raise LineTooLong(f"a line has more than {LONGEST_LINE // 1024} KiB: send requests that are shorter")
        if end < 0:
            self._seen = len(self._data)
            return None
        line = bytes(self._data[self._start : end])
        self._start = self._seen = end + 1
        return line
