"""Keys pressed on the terminal while something else runs: unbuffered, not echoed; the terminal is always put back."""

from __future__ import annotations

import os
import select
import signal
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from types import FrameType

_STDIN = 0
_TERMINATED = 128 + signal.SIGTERM


class Key(StrEnum):
    """The keys that are told apart."""

    SPACE = "space"
    LEFT = "left"
    RIGHT = "right"
    Q = "q"
    PLUS = "+"
    MINUS = "-"


_BYTES = {
    b" ": Key.SPACE,
    b"q": Key.Q,
    b"Q": Key.Q,
    b"+": Key.PLUS,
    # On many keyboards the same key without shift.
    b"=": Key.PLUS,
    b"-": Key.MINUS,
    # Arrows, as terminals send them in normal and in application mode.
    b"\x1b[D": Key.LEFT,
    b"\x1bOD": Key.LEFT,
    b"\x1b[C": Key.RIGHT,
    b"\x1bOC": Key.RIGHT,
}


class KeyParser:
    """Bytes from a terminal to keys. A key may come in pieces; what is no key of ours is dropped."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Key]:
        """The keys that these bytes complete."""
        self._rest += data
        keys = []
        while self._rest and not self._incomplete():
            sequence = next((s for s in _BYTES if self._rest.startswith(s)), b"")
            if sequence:
                keys.append(_BYTES[sequence])
            self._rest = self._rest[len(sequence) or 1 :]
        return keys

    def _incomplete(self) -> bool:
        return any(s.startswith(self._rest) and s != self._rest for s in _BYTES)


@contextmanager
def key_presses() -> Iterator[Callable[[], list[Key]]]:
    """A function that gives the keys pressed since it was last called, and never waits.

    Where standard input is no terminal, or belongs to another job, there are none.
    """
    if not _is_ours(_STDIN):
        yield list
        return
    with _unbuffered(_STDIN):
        parser = KeyParser()
        yield lambda: _pressed(_STDIN, parser)


def _is_ours(fd: int) -> bool:
    try:
        return os.isatty(fd) and os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:
        # A terminal, but not the one that controls us.
        return False


def _pressed(fd: int, parser: KeyParser) -> list[Key]:
    if not select.select([fd], [], [], 0)[0]:
        return []
    try:
        data = os.read(fd, 1024)
    except OSError:
        data = b""
    # A terminal that has hung up has nobody to listen.
    return parser.feed(data) if data else [Key.Q]


@contextmanager
def _unbuffered(fd: int) -> Iterator[None]:
    before = termios.tcgetattr(fd)
    # Its default would end the process here and now, and leave the terminal as it is.
    on_terminate = signal.signal(signal.SIGTERM, _terminate)
    try:
        tty.setcbreak(fd)
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)
        signal.signal(signal.SIGTERM, on_terminate)


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(_TERMINATED)
