"""A terminal's bytes as keys of a phone, and a screen on a terminal that is read, stands still, or goes."""

from __future__ import annotations

import asyncio
import os
import pty
import select
import sys
import termios
import threading
import tty
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import suppress

import pytest

from phone_recorder.adapters.keyboard import Drawing, KeyDecoder, keys_in, whole_terminal
from phone_recorder.errors import UsageError

PATIENCE_S = 10
TYPED = [
    ("5", ["5"]),
    ("12#", ["1", "2", "#"]),
    ("\x1b[A\x1bOB", ["up", "down"]),
    ("\x1b[C\x1b[D", ["right", "left"]),
    ("\x1bOP\x1b[12~\x1b[[C", ["F1", "F2", "F3"]),
    ("\r\n", ["enter", "enter"]),
    ("\x1b", ["escape"]),
    ("\x1bx", ["escape", "x"]),
    ("\x7f\x08", ["backspace", "backspace"]),
    ("\x1b[6~9", ["9"]),
    ("\x1b[1;5Cr", ["r"]),
    ("\x1b[", []),
    ("\x00\x03", []),
    ("录", ["录"]),
    ("", []),
]


@pytest.mark.parametrize(("text", "keys"), TYPED)
def test_keys(text: str, keys: list[str]) -> None:
    assert keys_in(text) == keys


@pytest.mark.parametrize(("text", "keys"), TYPED)
def test_keys_that_come_a_byte_at_a_time(text: str, keys: list[str]) -> None:
    decoder = KeyDecoder()
    pressed = [key for byte in text.encode() for key in decoder.feed(bytes([byte]))]
    assert pressed + decoder.flush() == keys
    assert not decoder.unfinished


@pytest.mark.parametrize(
    ("data", "at_once", "later"),
    [
        (b"\x1b", [], ["escape"]),
        (b"\x1b\x1b", ["escape"], ["escape"]),
        (b"5\x1b[", ["5"], []),
        (b"\x1b[1", [], []),
        (b"\x1b[[", [], []),
        (b"\x1bO", [], []),
        (b"\xe5\xbd", [], []),
    ],
)
def test_what_is_not_whole_waits_until_it_is_given_up(data: bytes, at_once: list[str], later: list[str]) -> None:
    decoder = KeyDecoder()
    assert decoder.feed(data) == at_once and decoder.unfinished
    assert decoder.flush() == later and not decoder.unfinished
    assert decoder.feed(b"7") == ["7"]


def test_a_sequence_without_an_end_is_not_kept_for_ever() -> None:
    decoder = KeyDecoder()
    decoder.feed(b"\x1b[")
    for _ in range(100):
        decoder.feed(b"1")
    assert decoder.feed(b"r") == ["r"]


def test_the_screen_is_drawn_between_the_other_one_and_the_way_back() -> None:
    drawn = threading.Event()
    written: list[str] = []

    def write(text: str) -> None:
        written.append(text)
        if "BX5S" in text:
            drawn.set()

    with Drawing(write, lambda: None) as drawing:
        drawing.draw(["BX5S", "Menu"])
        assert drawn.wait(PATIENCE_S)
    assert written == ["\x1b[?1049h\x1b[?25l", "\x1b[HBX5S\x1b[K\r\nMenu\x1b[K\r\n\x1b[J", "\x1b[?25h\x1b[?1049l"]


def test_a_terminal_that_stands_still_holds_nobody_up_and_is_shown_the_newest_screen() -> None:
    written: list[str] = []
    stands, goes_on, drawn = threading.Event(), threading.Event(), threading.Event()

    def write(text: str) -> None:
        stands.set()
        goes_on.wait(PATIENCE_S)
        written.append(text)
        if "99" in text:
            drawn.set()

    with Drawing(write, lambda: None) as drawing:
        assert stands.wait(PATIENCE_S)
        for number in range(100):
            drawing.draw([str(number)])
        goes_on.set()
        assert drawn.wait(PATIENCE_S)
    assert len(written) == 3 and "99" in written[1]


def test_the_end_does_not_wait_for_ever() -> None:
    for_ever = threading.Event()
    with Drawing(lambda text: for_ever.wait(60) and None, lambda: None, stop_s=0.01) as drawing:
        drawing.draw(["nobody reads this"])
    assert not for_ever.is_set()
    for_ever.set()


def test_a_terminal_that_cannot_be_written_is_told_once() -> None:
    told = threading.Semaphore(0)

    def write(text: str) -> None:
        raise OSError(5, "Input/output error")

    with Drawing(write, told.release) as drawing:
        assert told.acquire(timeout=PATIENCE_S)
        drawing.draw(["BX5S"])
    assert not told.acquire(blocking=False)


class Terminal:
    """A terminal that stdin and stdout are; `end` is where its user sits."""

    def __init__(self) -> None:
        self.end, self.ours = pty.openpty()
        self.keys: asyncio.Queue[str] = asyncio.Queue()
        self.gone = asyncio.Event()

    def type(self, data: bytes) -> None:
        os.write(self.end, data)

    def until(self, text: bytes) -> None:
        """Read until this was drawn."""
        shown = b""
        while text not in shown:
            assert select.select([self.end], [], [], PATIENCE_S)[0], f"no {text!r} in {shown!r}"
            shown += os.read(self.end, 65536)

    def hang_up(self) -> None:
        os.close(self.end)

    def face(self, use: Use) -> None:
        """Have the terminal alone, while `use` runs."""

        async def run() -> None:
            with whole_terminal(self.keys.put_nowait, self.gone.set) as draw:
                await asyncio.wait_for(use(self, draw), PATIENCE_S)

        with (
            open(self.ours, closefd=False) as stdin,
            open(self.ours, "w", closefd=False) as stdout,
            pytest.MonkeyPatch.context() as patched,
        ):
            patched.setattr(sys, "stdin", stdin)
            patched.setattr(sys, "stdout", stdout)
            asyncio.run(run())


Draw = Callable[[Sequence[str]], None]
Use = Callable[[Terminal, Draw], Coroutine[None, None, None]]


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    for fd in (made.end, made.ours):
        with suppress(OSError):
            os.close(fd)


def test_an_arrow_that_comes_in_two_pieces_is_one_key_and_a_lone_escape_is_pressed_soon(terminal: Terminal) -> None:
    async def use(terminal: Terminal, draw: Draw) -> None:
        terminal.type(b"\x1b")
        # Another byte can only be typed after the first was read.
        while select.select([terminal.ours], [], [], 0)[0]:
            await asyncio.sleep(0)
        terminal.type(b"[A")
        assert await terminal.keys.get() == "up"
        terminal.type(b"\x1b")
        assert await terminal.keys.get() == "escape"

    terminal.face(use)


def test_ctrl_s_does_not_stop_the_screen_and_the_terminal_is_put_back(terminal: Terminal) -> None:
    async def use(terminal: Terminal, draw: Draw) -> None:
        assert not termios.tcgetattr(terminal.ours)[tty.IFLAG] & termios.IXON
        terminal.type(b"\x13")
        draw(["BX5S"])
        terminal.until(b"BX5S")

    before = termios.tcgetattr(terminal.ours)
    assert before[tty.IFLAG] & termios.IXON
    terminal.face(use)
    assert termios.tcgetattr(terminal.ours) == before


def test_a_terminal_that_nobody_reads_holds_up_neither_the_loop_nor_the_end(terminal: Terminal) -> None:
    async def use(terminal: Terminal, draw: Draw) -> None:
        draw(["nobody reads this " * 10_000])
        terminal.type(b"5")
        assert await terminal.keys.get() == "5"

    before = termios.tcgetattr(terminal.ours)
    terminal.face(use)
    assert termios.tcgetattr(terminal.ours) == before


def test_a_terminal_that_others_have_made_one_that_never_waits_is_drawn_whole(terminal: Terminal) -> None:
    async def use(terminal: Terminal, draw: Draw) -> None:
        os.set_blocking(terminal.ours, False)
        draw(["x" * 200_000, "the last line"])
        terminal.until(b"the last line")

    terminal.face(use)


def test_a_terminal_that_goes_is_told_and_hides_no_error(terminal: Terminal) -> None:
    async def use(terminal: Terminal, draw: Draw) -> None:
        terminal.hang_up()
        await terminal.gone.wait()
        raise UsageError("what went wrong")

    with pytest.raises(UsageError, match="what went wrong"):
        terminal.face(use)
