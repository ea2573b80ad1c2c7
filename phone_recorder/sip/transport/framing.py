"""Messages in a stream of bytes: where one ends and the next begins (RFC 3261 sections 7.5 and 18.3).

Whatever cannot be followed ends the connection: after it nobody knows where a message begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from phone_recorder.errors import SipMessageError
from phone_recorder.sip.messages.message import MAX_MESSAGE

PING = b"\r\n\r\n"
PONG = b"\r\n"
"""RFC 5626 section 3.5.1."""

_END_OF_HEAD = b"\r\n\r\n"
_BEGINNING = re.compile(rb"\r\Z|[!-~]")
"""A start line begins so; or half a line end has come."""
_LINE_ENDS = re.compile(rb"(?:\r\n)++")
_FOLD = re.compile(rb"\r\n[ \t]+")
_LENGTH_NAMES = (b"content-length", b"l")
_MOST_DIGITS = 10


class Framing:
    """The messages of one connection, whatever pieces they come in.

    `pings` counts the keep-alives that want an answer. Set `pong_due` when one was sent to the peer: the next line end
    is its answer then, and not the half of a ping.
    """

    def __init__(self) -> None:
        self.pings = 0
        self.pong_due = False
        self._line_ends = 0
        self._held = bytearray()
        self._searched = 0
        self._size = 0  # of the message that has begun, as soon as its head is whole

    @property
    def partial(self) -> bool:
        """Whether a message has begun and is not whole yet."""
        return bool(self._held)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Whole messages; SipMessageError after the last one before what is none."""
        self._held += data
        return self._messages()

    def _messages(self) -> Iterator[bytes]:
        while message := self._next():
            yield message

    def _next(self) -> bytes:
        """The next message; empty if it is not whole yet."""
        self._skip_line_ends()
        if not self._held:
            return b""
        if not _BEGINNING.match(self._held):
            raise SipMessageError("the bytes on the connection are no SIP message")
        size = self._size or self._measured()
        if not size or len(self._held) < size:
            return b""
        message = bytes(self._held[:size])
        del self._held[:size]
        self._size = self._searched = self._line_ends = 0
        return message

    def _skip_line_ends(self) -> None:
        found = None if self._searched else _LINE_ENDS.match(self._held)
        if not found:
            return
        line_ends = found.end() // len(PONG)
        del self._held[: found.end()]
        if self.pong_due:
            self.pong_due = False
            line_ends -= 1
        before, self._line_ends = self._line_ends, self._line_ends + line_ends
        self.pings += self._line_ends // 2 - before // 2

    def _measured(self) -> int:
        """Bytes of the message that has begun; 0 as long as its head is not whole."""
        end = self._held.find(_END_OF_HEAD, max(self._searched - len(_END_OF_HEAD) + 1, 0))
        size = len(self._held) if end < 0 else end + len(_END_OF_HEAD) + content_length(bytes(self._held[:end]))
        if size > MAX_MESSAGE:
            raise SipMessageError(f"a SIP message on the connection has more than {MAX_MESSAGE} bytes")
        if end < 0:
            # Half a line end is no message yet, and may be skipped when its other half comes.
            self._searched = 0 if self._held == PONG[:1] else size
            return 0
        self._size = size
        return size


def content_length(head: bytes) -> int:
    """What the head of a message says of its body; SipMessageError if it says nothing, or not one thing.

    A stream has no other way to tell (RFC 3261 section 20.14).
    """
    fields = (line.partition(b":") for line in _FOLD.sub(b" ", head).split(b"\r\n")[1:])
    values = [value.strip(b" \t") for name, _, value in fields if name.rstrip(b" \t").lower() in _LENGTH_NAMES]
    if not all(value.isdigit() and len(value) <= _MOST_DIGITS for value in values):
        raise SipMessageError("the Content-Length of a SIP message is no number that can be")
    lengths = {int(value) for value in values}
    if len(lengths) != 1:
        many = "two different ones" if lengths else "none"
        raise SipMessageError(f"a SIP message on a connection needs a Content-Length, and this one has {many}")
    return lengths.pop()
