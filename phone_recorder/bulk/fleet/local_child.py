"""A child process of a fleet in mode local, as the fleet sees it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from types import TracebackType

from phone_recorder.adapters.files import reason
from phone_recorder.bulk.fleet.local_lines import Lines
from phone_recorder.bulk.fleet.local_messages import Message, Ready, Trouble
from phone_recorder.errors import UsageError

START_S = 30.0
"""How long it may take to begin: on a machine that has much to do numpy alone takes seconds."""
STOP_S = 2.0


class Child:
    """`python -m module`, which `does` something, in words; `first` is what it is told first. Used as `with`."""

    def __init__(self, module: str, does: str, first: Message) -> None:
        """UsageError if it cannot be started."""
        self._does = does
        self._why = ""
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                # Ctrl-C in a terminal is for all of its foreground, before a child could say that it ignores that.
                process_group=0,
            )
        except OSError as error:
            raise UsageError(f"cannot start the process that {does}: {reason(error)}") from error
        assert self._process.stdin and self._process.stdout
        self._lines = Lines(self._process.stdout.fileno(), self._process.stdin.fileno())
        self.send(first)

    def __enter__(self) -> Child:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def trouble(self) -> str:
        """Why it is no more, in a sentence; "" while it is there."""
        if not self._lines.ended:
            return ""
        return f"the process that {self._does} has ended before its time: {self._why or self._how()}"

    def send(self, message: Message) -> None:
        """Tell it; never waits."""
        self._lines.send(message)
        self._lines.flush()

    def received(self) -> list[Message]:
        """What it has told since."""
        messages = self._lines.received()
        for trouble in messages:
            if isinstance(trouble, Trouble):
                self._why = trouble.why
        return [message for message in messages if not isinstance(message, Trouble)]

    def wait_until_ready(self) -> None:
        """UsageError if it does not come to that."""
        deadline = time.monotonic() + START_S
        while not any(isinstance(message, Ready) for message in self.received()):
            left = deadline - time.monotonic()
            if left <= 0 or self.trouble:
                raise UsageError(self.trouble or f"the process that {self._does} does not begin: try again")
            self._lines.wait(left)

    def close(self) -> None:
        """End it: in order if it does so soon."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _how(self) -> str:
        try:
            code = self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            return "it says nothing any more"
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
