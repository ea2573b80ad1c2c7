"""Commands on a terminal whose other end the test holds: prompts are waited for, and answered."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import subprocess
import sys
import termios
from pathlib import Path

PATIENCE_S = 20


def typed(*words: str | Path, answers: dict[str, str]) -> tuple[int, str]:
    """Run `phone-recorder`, type an answer after each prompt, in order; the exit code and all that was shown.

    Whoever is to give up is sent Ctrl-D: Ctrl-C just before a read is only seen after it.
    """
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "phone_recorder", *map(str, words)]
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, preexec_fn=lambda: _own(0)
    )
    os.close(slave)
    try:
        shown = ""
        for prompt, answer in answers.items():
            shown += _read(master, until=prompt)
            os.write(master, answer.encode())
        shown += _read(master)
        return process.wait(PATIENCE_S), shown.replace("\r\n", "\n")
    finally:
        process.kill()
        process.wait()
        os.close(master)


def _own(terminal: int) -> None:
    """Passwords are read from the terminal that controls the session."""
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)


def _read(master: int, until: str = "") -> str:
    """What is shown, until its end is this or the terminal is closed."""
    shown = b""
    while not (until and shown.decode().endswith(until)):
        assert select.select([master], [], [], PATIENCE_S)[0], f"no {until!r} after {shown!r}"
        try:
            piece = os.read(master, 4096)
        except OSError:  # as Linux tells that nobody has the terminal open any more
            piece = b""
        if not piece:
            assert not until, f"no {until!r} after {shown!r}"
            break
        shown += piece
    return shown.decode()
