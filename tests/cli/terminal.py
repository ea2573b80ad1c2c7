"""A terminal, with a command on it that draws a phone."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

PATIENCE_S = 30


class Terminal:
    """`words` are the command's, run in `home`; whoever opens one closes it."""

    def __init__(self, home: Path, *words: str) -> None:
        self._master, slave = pty.openpty()
        command = [sys.executable, "-m", "phone_recorder", *words]
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, cwd=home, start_new_session=True
        )
        os.close(slave)

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def until(self, text: str) -> str:
        """Read until this was drawn; all that was meanwhile."""
        shown = ""
        while text not in shown:
            assert select.select([self._master], [], [], PATIENCE_S)[0], f"no {text!r} in {shown[-2000:]!r}"
            shown += os.read(self._master, 65536).decode("utf-8", "replace")
        return shown

    def hang_up(self) -> None:
        """Take the terminal away, as a window that is closed does."""
        os.close(self._master)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)
