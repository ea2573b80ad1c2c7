"""Other people's programs: each with a log of its own, waited for, stopped by its id, shown when a test fails."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.system.usb_loop import until

HOST = "127.0.0.1"
PATIENCE_S = 15.0
_SHOWN = 6000
"""Characters of a log's end that a failure shows."""
_PORTS = range(20000, 30000, 2)
"""Below those that Linux gives away itself: what is free now is not taken by somebody's outgoing connection."""


def free_port() -> int:
    """An even port that is free for UDP and TCP, as is the odd one above it (for RTCP)."""
    while True:
        port = random.choice(_PORTS)
        with suppress(OSError):
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                for number in (port, port + 1):
                    with closing(socket.socket(socket.AF_INET, kind)) as trying:
                        trying.bind((HOST, number))
            return port


def need_root(why: str) -> None:
    """Skip where we are not root; with CI=true in the environment, fail."""
    if os.geteuid() == 0:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{why}, which needs root, and with CI=true no peer test may be skipped")
    pytest.skip(f"{why}, which needs root")


class Program:
    """A process of somebody else's program, as a context manager. Its output is kept in DIRECTORY/NAME.log.

    When the test fails inside, the end of that log, and of the `more_logs`, stands below the failure. What it has
    started itself is stopped with it: it leads a process group of its own. `output`: another file for its
    standard output.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[object],
        directory: Path,
        environment: Mapping[str, str] | None = None,
        more_logs: Sequence[str] = (),
        output: Path | None = None,
    ) -> None:
        self.name = name
        self.directory = directory
        self.log = directory / f"{name}.log"
        self._command = [str(word) for word in command]
        self._environment = {**os.environ, "HOME": str(directory), "TMPDIR": str(directory), **(environment or {})}
        self._more_logs = more_logs
        self._output = output or self.log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self.log.open("ab") as log, self._output.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=log,
                cwd=self.directory,
                env=self._environment,
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if error is not None:
            error.add_note(self.told())

    @property
    def process(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._process

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    def text(self) -> str:
        """All that it has printed so far."""
        return self.log.read_text(errors="replace")

    def say(self, line: str) -> None:
        """A line on its standard input."""
        if self.process.stdin is None:
            raise RuntimeError(f"{self.name} has no standard input")
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def until(self, true: Callable[[], object], what: str, deadline_s: float = PATIENCE_S) -> None:
        """Wait until it is true; the test fails if it never is, or when the program ends before."""
        until(lambda: true() or not self.runs, f"{self.name}: {what}", deadline_s)
        assert true(), f"{self.name} ended with {self.process.returncode} before this was seen: {what}"

    def until_said(self, pattern: str, deadline_s: float = PATIENCE_S) -> re.Match[str]:
        """Wait for a line of its output."""
        wanted = re.compile(pattern, re.MULTILINE)
        self.until(lambda: wanted.search(self.text()), pattern, deadline_s)
        found = wanted.search(self.text())
        assert found
        return found

    def wait(self, deadline_s: float = PATIENCE_S) -> int:
        """Until it ends by itself: its exit code."""
        until(lambda: not self.runs, f"the end of {self.name}", deadline_s)
        return self.process.returncode

    def stop(self) -> None:
        """Asked to end, and made to when it does not."""
        if self._process is None:
            return
        group = self._process.pid
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):  # it is made to, below
            self._process.wait(3)
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.close()

    def told(self) -> str:
        """The end of its logs, for a failure."""
        files = [self.log, *(path for pattern in self._more_logs for path in sorted(self.directory.glob(pattern)))]
        return "\n".join(f"--- {path.name}\n{path.read_text(errors='replace')[-_SHOWN:]}" for path in files)
