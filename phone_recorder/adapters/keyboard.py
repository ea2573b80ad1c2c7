"""A terminal that is a phone's face: its keys by name as they are pressed, and a screen of its own that is put back."""

from __future__ import annotations

import asyncio
import os
import sys
import termios
import tty
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from phone_recorder.errors import UsageError

_ALONE = "\x1b[?1049h\x1b[?25l"
"""The terminal's other screen, without a cursor."""
_BACK = "\x1b[?25h\x1b[?1049l"
_HOME, _CLEAR_LINE, _CLEAR_REST = "\x1b[H", "\x1b[K", "\x1b[J"
ESCAPE = "\x1b"

SEQUENCES: Mapping[str, str] = {
    **{
        f"\x1b{form}{letter}": name
        for form in "[O"
        for letter, name in zip("ABCD", ("up", "down", "right", "left"), strict=True)
    },
    **{f"\x1bO{letter}": f"F{number}" for number, letter in enumerate("PQRS", 1)},
    **{f"\x1b[1{digit}~": f"F{number}" for number, digit in enumerate("1234", 1)},
    **{f"\x1b[[{letter}": f"F{number}" for number, letter in enumerate("ABCD", 1)},
    "\r": "enter",
    "\n": "enter",
    "\x7f": "backspace",
    "\x08": "backspace",
    ESCAPE: "escape",
}
"""What terminals send for keys that are no letters."""


def keys_in(text: str) -> list[str]:
    """The keys in what was read at once: a name of SEQUENCES, or the letter itself; other sequences are dropped."""
    keys = []
    while text:
        found = max((s for s in SEQUENCES if text.startswith(s)), key=len, default="")
        if found == ESCAPE and text[1:2] in ("[", "O"):
            text = _after_sequence(text)
            continue
        if found:
            keys.append(SEQUENCES[found])
        elif text[0].isprintable():
            keys.append(text[0])
        text = text[len(found) or 1 :]
    return keys


def _after_sequence(text: str) -> str:
    """What follows an unknown sequence, which ends with a letter or `~` (ECMA-48 section 5.4)."""
    for index, character in enumerate(text[2:], 2):
        if "@" <= character <= "~":
            return text[index + 1 :]
    return ""


@contextmanager
def whole_terminal(pressed: Callable[[str], None]) -> Iterator[Callable[[Sequence[str]], None]]:
    """Call `pressed` with each key, from the event loop; what is given draws these lines, over those before.

    UsageError if this is no terminal.
    """
    if not (sys.stdin and sys.stdout and sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the phone's face needs a terminal to be drawn on: leave --terminal out, and use a browser")
    fd, loop = sys.stdin.fileno(), asyncio.get_running_loop()
    before = termios.tcgetattr(fd)
    tty.setcbreak(fd)
    _write(_ALONE)
    loop.add_reader(fd, _read, fd, pressed)
    try:
        yield _draw
    finally:
        loop.remove_reader(fd)
        termios.tcsetattr(fd, termios.TCSADRAIN, before)
        _write(_BACK)


def _read(fd: int, pressed: Callable[[str], None]) -> None:
    try:
        data = os.read(fd, 1024)
    except OSError:
        data = b""
    if not data:  # the terminal has gone
        asyncio.get_running_loop().remove_reader(fd)
    for key in keys_in(data.decode("utf-8", "replace")):
        pressed(key)


def _draw(lines: Sequence[str]) -> None:
    _write(_HOME + "".join(f"{line}{_CLEAR_LINE}\r\n" for line in lines) + _CLEAR_REST)


def _write(text: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    sys.stdout.flush()
