"""The keys of `play`, pressed on a terminal whose other end the test holds."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

import pytest

from tests.cli.sound import EDGE, PATIENCE_S, RECORD, SPEECH, Sound, decoded

SILENCE = bytes(320)
"""20 ms of it."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "Record_20240131120000.wav"
    path.write_bytes(RECORD)
    return path


LEADER = """
trap : INT TERM
stty -g >before
"$@"
echo $? >code
stty -g >after
"""
"""A shell that leads the terminal's session: it sees how the terminal was left, and survives what ends `play`."""


class Terminal:
    """A `play` process on a terminal. Each of its writes to the sound device lasts until the next is asked for."""

    def __init__(self, leader: subprocess.Popen[bytes], sound: Sound, pace: int, master: int, slave: int) -> None:
        self._leader, self._pace, self._master, self._slave = leader, pace, master, slave
        self._writes = sound.writes()

    def next(self, keys: bytes = b"") -> bytes:
        """The next write, after these keys were pressed during the present one."""
        if keys:
            os.write(self._master, keys)
            assert select.select([self._slave], [], [], PATIENCE_S)[0], "the terminal holds the keys back"
        os.write(self._pace, b".")
        return next(self._writes, b"")

    def is_buffered(self) -> bool:
        return bool(termios.tcgetattr(self._slave)[3] & termios.ICANON)

    def interrupt(self) -> None:
        os.write(self._master, b"\x03")

    def terminate(self) -> None:
        os.killpg(self._leader.pid, signal.SIGTERM)

    def wait(self) -> None:
        """Until the process has ended by itself."""
        assert self._leader.wait(PATIENCE_S) == 0

    def finish(self) -> tuple[list[bytes], str]:
        """Let it play on: what it writes, and all that it showed."""
        os.close(self._pace)
        writes = list(self._writes)
        self.wait()
        shown = b""
        while select.select([self._master], [], [], 0)[0]:
            try:
                shown += os.read(self._master, 4096)
            except OSError:
                break
        return writes, shown.decode()


@contextmanager
def on_terminal(file: Path, *args: str) -> Iterator[Terminal]:
    """A terminal whose process waits in the write of the first packet."""
    master, slave = pty.openpty()
    pace_read, pace_write = os.pipe()
    with Sound() as sound:
        leader = subprocess.Popen(
            ["sh", "-c", LEADER, "sh", sys.executable, "-m", "phone_recorder", "play", str(file), *args],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=file.parent,
            env={**os.environ, **sound.env, "FAKE_SOUND_PACE": str(pace_read)},
            pass_fds=[sound.write_end, pace_read],
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        sound.started()
        os.close(pace_read)
        try:
            terminal = Terminal(leader, sound, pace_write, master, slave)
            assert sound.rate() == 8000
            assert next(sound.writes()) == EDGE
            yield terminal
        finally:
            leader.kill()
            leader.wait()
            os.close(master)
            os.close(slave)


def left(file: Path) -> tuple[int, bool]:
    """The exit code, and whether the terminal was left as it was found."""
    before, after, code = ((file.parent / name).read_text() for name in ("before", "after", "code"))
    return int(code), before == after


def packets(first: int, count: int) -> list[bytes]:
    return [decoded(SPEECH[i * 160 : i * 160 + 160]) for i in range(first, first + count)]


def test_space_pauses_and_goes_on(file: Path) -> None:
    with on_terminal(file) as terminal:
        assert [terminal.next() for _ in range(3)] == packets(0, 3)
        assert not terminal.is_buffered()
        assert terminal.next(b" ") == SILENCE
        assert [terminal.next() for _ in range(3)] == [SILENCE] * 3
        assert [terminal.next(b" ")] == packets(3, 1)
        writes, shown = terminal.finish()
    assert writes == [*packets(4, 996), EDGE]
    assert shown.startswith("\r00:00 / 00:20\r00:00 / 00:20 paused\r00:00 / 00:20       \r00:01 / 00:20")
    assert shown.endswith("\r00:20 / 00:20\r\n")
    assert left(file) == (0, True)


def test_the_arrows_go_back_and_forward_five_seconds(file: Path) -> None:
    with on_terminal(file, "--from", "10") as terminal:
        assert [terminal.next()] == packets(500, 1)
        assert [terminal.next(b"\x1b[C")] == packets(751, 1)
        assert [terminal.next(b"\x1b[D")] == packets(502, 1)
        assert [terminal.next(b"\x1bOD\x1bOD")] == packets(3, 1)
        assert [terminal.next(b"\x1b[D")] == packets(0, 1)
        assert terminal.next(b"\x1b[C" * 4) == EDGE
        writes, shown = terminal.finish()
    assert writes == []
    assert shown.endswith("\r00:20 / 00:20\r\n")
    assert left(file) == (0, True)


def test_plus_and_minus_play_faster_and_slower_in_steps_within_their_limits(file: Path) -> None:
    with on_terminal(file) as terminal:
        assert [terminal.next() for _ in range(2)] == packets(0, 2)
        for keys in (b"+", b"=", b"+", b"+", b"+", b"-------", b"-", b"+", b"+"):
            terminal.next(keys)
        writes, shown = terminal.finish()
    steps = ("", " x1.25", " x1.5", " x1.75", " x2", " x2", " x0.5", " x0.5", " x0.75", "")
    assert speeds_in(shown) == [step for step, _ in groupby(steps)]
    assert writes[-1] == EDGE
    assert left(file) == (0, True)


def test_faster_it_plays_all_that_there_is_and_pauses_as_ever(file: Path) -> None:
    with on_terminal(file, "--speed", "0.6") as terminal:
        writes = [terminal.next() for _ in range(3)]
        writes += [terminal.next(b"-"), terminal.next(b"++"), terminal.next(b"+++++")]
        assert terminal.next(b" ") == SILENCE
        writes += [terminal.next(b" ")]
        rest, shown = terminal.finish()
    assert speeds_in(shown) == [" x0.6", " x0.5", "", " x2", " x2 paused", " x2"]
    assert len(b"".join(writes + rest[:-1])) == pytest.approx(2 * 20 * 8000 / 2, rel=0.02)
    assert left(file) == (0, True)


def speeds_in(shown: str) -> list[str]:
    """What the line shows after the times, each change of it once."""
    lines = (line.rpartition("/ 00:20")[2].rstrip() for line in shown.split("\r") if line.strip())
    return [suffix for suffix, _ in groupby(lines)]


def test_q_stops(file: Path) -> None:
    with on_terminal(file) as terminal:
        terminal.next()
        assert terminal.next(b"q") == EDGE
        writes, shown = terminal.finish()
    assert (writes, shown) == ([], "\r00:00 / 00:20\r\n")
    assert left(file) == (0, True)


@pytest.mark.parametrize(("end", "code"), [(Terminal.interrupt, 130), (Terminal.terminate, 143)])
def test_interrupted_it_stops_cleanly_and_leaves_the_terminal_as_it_was(
    file: Path, end: Callable[[Terminal], None], code: int
) -> None:
    with on_terminal(file) as terminal:
        terminal.next()
        assert not terminal.is_buffered()
        end(terminal)
        terminal.wait()
        writes, shown = terminal.finish()
    assert writes == []
    assert "Traceback" not in shown and "Aborted" not in shown
    assert left(file) == (code, True)


def test_a_sound_device_that_fails_leaves_the_terminal_as_it_was(file: Path) -> None:
    with on_terminal(file, "--device", "breaks") as terminal:
        terminal.next()
        terminal.finish()
    assert left(file) == (2, True)
