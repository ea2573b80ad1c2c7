"""Messages between a fleet and its child processes, over pipes that never make anybody wait."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

import msgspec

from phone_recorder.adapters.parent_death import end_with_parent
from phone_recorder.bulk.fleet.local_messages import Message, Trouble

_AT_ONCE = 1 << 16
_LAST_WORDS_S = 1.0
"""How long a child that must end waits until it could say why."""


class Lines:
    """Reads messages of the pipe `reading`, and writes others to `writing`: descriptors, which stay the caller's."""

    def __init__(self, reading: int, writing: int) -> None:
        self.ended = False
        """Whether the other side has gone."""
        self._reading, self._writing = reading, writing
        self._in, self._out = bytearray(), bytearray()
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(Message)
        for end in (reading, writing):
            os.set_blocking(end, False)

    def send(self, message: Message) -> None:
        """Now, or as soon as there is room for it."""
        self._out += self._encoder.encode(message) + b"\n"

    def received(self) -> list[Message]:
        """What has come since; what waits to be sent is sent as far as it can be."""
        self.flush()
        with suppress(BlockingIOError):
            while data := os.read(self._reading, _AT_ONCE):
                self._in += data
            self.ended = True
        *lines, rest = self._in.split(b"\n")
        self._in = bytearray(rest)
        return [self._decoder.decode(line) for line in lines]

    def flush(self) -> None:
        """Send what there is room for."""
        with suppress(BlockingIOError):
            try:
                while self._out:
                    del self._out[: os.write(self._writing, self._out[:_AT_ONCE])]
            except BrokenPipeError:
                self._out.clear()
                self.ended = True

    def wait(self, seconds: float) -> None:
        """Until something comes, or there is room for what waits to be sent; so long at the most."""
        self.flush()
        select.select([self._reading], [self._writing] if self._out else [], [], max(seconds, 0.0))


def live(life: Callable[[Lines], object]) -> None:
    """The life of a child, which is told of its parent's number by its first word; the parent is told why it must end.

    It ends when its parent does. Ctrl-C is its parent's business, and so is SIGTERM while that is there.
    """
    parent = int(sys.argv[1])

    def asked_to_end(number: int, at: FrameType | None) -> None:
        if os.getppid() != parent:
            os._exit(0)

    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, asked_to_end)
    if not end_with_parent(parent):
        return
    lines = Lines(sys.stdin.fileno(), sys.stdout.fileno())
    try:
        life(lines)
    except Exception as error:
        # Whatever it is: the parent tells its user in a sentence, and there is nobody else to tell.
        lines.send(Trouble(f"{type(error).__name__}: {error}"))
        lines.wait(_LAST_WORDS_S)
        lines.flush()
        sys.exit(1)
