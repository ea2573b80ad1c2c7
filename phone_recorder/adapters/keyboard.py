"""A terminal that is a phone's face: its keys by name as they are pressed, and a screen of its own that is put back."""

from __future__ import annotations

import asyncio
import codecs
import os
import re
import select
import sys
import termios
import threading
import tty
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial

from phone_recorder.errors import UsageError

_ALONE = "\x1b[?1049h\x1b[?25l"
"""The terminal's other screen, without a cursor."""
_BACK = "\x1b[?25h\x1b[?1049l"
_HOME, _CLEAR_LINE, _CLEAR_REST = "\x1b[H", "\x1b[K", "\x1b[J"
ESCAPE = "\x1b"
UNFINISHED_S = 0.05
"""How long the rest of a key is waited for. Then an ESC alone is the key of that name."""
STOP_S = 0.5
"""How long a terminal that nobody reads is waited for at the end."""

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
_UNFINISHED = re.compile(r"\x1b(?:O|\[\[|\[[ -?]{,30})?\Z")
"""The beginning of a sequence, at the end of what was read (ECMA-48 section 5.4); one that is too long is none."""


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


class KeyDecoder:
    """Bytes from a terminal to keys. A key may come in pieces: what is not whole waits for its rest."""

    def __init__(self) -> None:
        self._letters = codecs.getincrementaldecoder("utf-8")("ignore")
        self._rest = ""

    @property
    def unfinished(self) -> bool:
        """Whether the last key is not whole, or may not be."""
        return bool(self._rest or self._letters.getstate()[0])

    def feed(self, data: bytes) -> list[str]:
        """The keys that these bytes complete."""
        text = self._rest + self._letters.decode(data)
        found = _UNFINISHED.search(text)
        self._rest = found.group() if found else ""
        return keys_in(text.removesuffix(self._rest))

    def flush(self) -> list[str]:
        """Wait no longer: a lone ESC is "escape", and half a letter or sequence is nothing."""
        text, self._rest = self._rest, ""
        self._letters.reset()
        return keys_in(text)


class Drawing:
    """Draws on a thread, so that a terminal that nobody reads holds nobody up; only the newest lines wait.

    `write` may take long. Its OSError ends the drawing: `gone` is called once then, on the thread. Use as
    `with Drawing(write, gone) as drawing`.
    """

    def __init__(self, write: Callable[[str], object], gone: Callable[[], object], stop_s: float = STOP_S) -> None:
        self._write = write
        self._gone = gone
        self._stop_s = stop_s
        self._change = threading.Condition()
        self._newest: Sequence[str] | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="drawing", daemon=True)

    def __enter__(self) -> Drawing:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._change:
            self._closing = True
            self._change.notify()
        self._thread.join(self._stop_s)

    def draw(self, lines: Sequence[str]) -> None:
        """Have these lines drawn over those before; this never waits."""
        with self._change:
            self._newest = lines
            self._change.notify()

    def _work(self) -> None:
        try:
            self._write(_ALONE)
            while (lines := self._next()) is not None:
                self._write(_HOME + "".join(f"{line}{_CLEAR_LINE}\r\n" for line in lines) + _CLEAR_REST)
            self._write(_BACK)
        except OSError:
            with self._change:
                # Who has left does not want to be called any more.
                if not self._closing:
                    self._gone()

    def _next(self) -> Sequence[str] | None:
        """The newest lines, when they have not been drawn; None at the end."""
        with self._change:
            self._change.wait_for(lambda: self._newest is not None or self._closing)
            lines, self._newest = self._newest, None
            return None if self._closing else lines


@contextmanager
def whole_terminal(
    pressed: Callable[[str], None], gone: Callable[[], object]
) -> Iterator[Callable[[Sequence[str]], None]]:
    """Call `pressed` with each key, from the event loop; what is given draws these lines, over those before.

    It never waits for the terminal. `gone` is called from the event loop when the terminal can be read or written no
    more. UsageError if this is no terminal.
    """
    if not (sys.stdin and sys.stdout and sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the phone's face needs a terminal to be drawn on: leave --terminal out, and use a browser")
    fd, loop = sys.stdin.fileno(), asyncio.get_running_loop()
    with (
        _keys_alone(fd),
        Drawing(
            partial(_write, sys.stdout.fileno(), sys.stdout.encoding or "utf-8"),
            lambda: loop.call_soon_threadsafe(gone),
        ) as drawing,
        _typed(fd, loop, pressed, gone),
    ):
        yield drawing.draw


@contextmanager
def _keys_alone(fd: int) -> Iterator[None]:
    """Keys as they are pressed, not echoed, and Ctrl-S is a key that stops nothing.

    Nothing here waits for what was written before (as TCSADRAIN does): nobody may be reading it.
    """
    before = termios.tcgetattr(fd)
    try:
        tty.setcbreak(fd, termios.TCSANOW)
        mode = termios.tcgetattr(fd)
        mode[tty.IFLAG] &= ~termios.IXON
        termios.tcsetattr(fd, termios.TCSANOW, mode)
        yield
    finally:
        # A terminal that has gone cannot be put back, and that is not what the user must know.
        with suppress(termios.error):
            termios.tcsetattr(fd, termios.TCSANOW, before)


@contextmanager
def _typed(
    fd: int, loop: asyncio.AbstractEventLoop, pressed: Callable[[str], None], gone: Callable[[], object]
) -> Iterator[None]:
    """Call `pressed` with each key that is typed, `gone` when there will be no more."""
    typing = _Typing(fd, loop, pressed, gone)
    loop.add_reader(fd, typing.read)
    try:
        yield
    finally:
        typing.stop()


class _Typing:
    def __init__(
        self, fd: int, loop: asyncio.AbstractEventLoop, pressed: Callable[[str], None], gone: Callable[[], object]
    ) -> None:
        self._fd = fd
        self._loop = loop
        self._pressed = pressed
        self._gone = gone
        self._keys = KeyDecoder()
        self._waiting: asyncio.TimerHandle | None = None

    def read(self) -> None:
        """Press what was typed."""
        try:
            data = os.read(self._fd, 1024)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.stop()
            self._gone()
            return
        self._wait_no_more()
        self._press(self._keys.feed(data))
        if self._keys.unfinished:
            self._waiting = self._loop.call_later(UNFINISHED_S, lambda: self._press(self._keys.flush()))

    def stop(self) -> None:
        """Read nothing more."""
        self._loop.remove_reader(self._fd)
        self._wait_no_more()

    def _wait_no_more(self) -> None:
        if self._waiting:
            self._waiting.cancel()

    def _press(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._pressed(key)


def _write(fd: int, encoding: str, text: str) -> None:
    """All of it, past `sys.stdout`: a thread that hangs in there would hold up the end of the process."""
    data = text.encode(encoding, "replace")
    while data:
        try:
            data = data[os.write(fd, data) :]
        except BlockingIOError:
            # Others have the same terminal, and one of them may have made it so.
            select.select([], [fd], [])
