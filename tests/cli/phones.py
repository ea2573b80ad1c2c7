"""Phones of ours as a user starts them, each a process of its own, which call each other on loopback.

with Waiting(tmp_path / "callee") as callee, Calling(tmp_path / "caller", callee.uri, "--duration", 2) as caller:
    document = caller.document()
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from array import array
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Self

import psutil

from phone_recorder.adapters.audio_files import open_pcm
from tests.cli.call import Document
from tests.signals import joined, level_at

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
PATIENCE_S = 40.0
RATE = 8000
WAITS = r"waiting for a call at (\S+)"
NEAR, FAR = 700, 400
"""What the caller and the callee say, in Hz, all the time."""
SPEAKS, ANSWERS = ("--near", f"tone:{NEAR}"), ("--near", f"tone:{FAR}")
SHORT = ("--duration", 1.5)


class OurPhone:
    """`phone-recorder call` with these words, in a directory of its own, in which it records to `usb`."""

    def __init__(self, directory: Path, *words: object, json: bool = True) -> None:
        self.directory = directory
        self.usb = directory / "usb"
        self.usb.mkdir(parents=True)
        more = ("--json", *words) if json else words
        self.command = [sys.executable, "-m", "phone_recorder", "call", "--usb", "usb", *map(str, more)]
        self._out, self._err = directory / "stdout", directory / "stderr"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=self.directory, env=environment
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        if error is not None:
            error.add_note(f"--- {self.directory.name}\n{self.out}\n{self.err}")

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process, "it was not started"
        return self._process

    @property
    def out(self) -> str:
        return self._out.read_text()

    @property
    def err(self) -> str:
        return self._err.read_text()

    def until(self, pattern: str) -> re.Match[str]:
        """Wait for what it says, on either stream."""
        wanted, deadline = re.compile(pattern), monotonic() + PATIENCE_S
        while not (found := wanted.search(self.out + self.err)):
            assert self.process.poll() is None and monotonic() < deadline, f"never said: {pattern}"
            sleep(0.02)
        return found

    def until_recorded(self, seconds: float) -> None:
        """Wait until so much is in the newest of its files."""
        deadline = monotonic() + PATIENCE_S
        while max((path.stat().st_size for path in self.usb.iterdir()), default=0) < 76 + seconds * RATE:
            assert self.process.poll() is None and monotonic() < deadline, "it does not record"
            sleep(0.02)

    def until_connecting(self, port: int) -> None:
        """Wait until it has asked for a TCP connection to that port, which it does not get."""
        wanted, deadline = (HOST, port), monotonic() + PATIENCE_S
        while not any(c.raddr == wanted for c in psutil.Process(self.process.pid).net_connections("tcp4")):
            assert self.process.poll() is None and monotonic() < deadline, "it does not connect"
            sleep(0.02)

    def interrupt(self, times: int = 1) -> None:
        """Ctrl-C; once more has no effect of its own."""
        for _ in range(times):
            with suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGINT)

    def end(self) -> int:
        """Its exit code, when it has ended by itself."""
        return self.process.wait(PATIENCE_S)

    def document(self, code: int = 0) -> Document:
        """The one document on stdout."""
        assert self.end() == code
        document: Document = json.loads(self.out)
        assert document["sip"] is not None
        return document

    def refusal(self) -> str:
        """The sentence that it ended with, exit code 2, before there was a call."""
        assert (self.end(), self.out) == (2, "")
        return self.err.splitlines()[-1].removeprefix("phone-recorder: ")


class Waiting(OurPhone):
    """One that waits to be called, at `uri`."""

    uri = ""

    def __init__(self, directory: Path, *words: object, json: bool = True) -> None:
        super().__init__(directory, "--wait", "--sip-listen", f"{HOST}:0", *words, json=json)

    def __enter__(self) -> Self:
        super().__enter__()
        try:
            self.uri = f"sip:100@{self.until(WAITS)[1]}"
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self


class Calling(OurPhone):
    """One that calls."""

    def __init__(self, directory: Path, uri: str, *words: object, json: bool = True) -> None:
        super().__init__(directory, "--to", uri, "--sip-listen", f"{HOST}:0", *words, json=json)


def samples_of(path: Path) -> array[int]:
    """All of an audio file, at 8 kHz."""
    return joined(open_pcm(path, RATE))


def recorded(phone: OurPhone, document: Document) -> array[int]:
    """The audio of its one recording, whose files say the truth of themselves."""
    [recording] = document["recordings"]
    paths = [phone.directory / part["path"] for part in recording["parts"]]
    for path in paths:
        assert int.from_bytes(path.read_bytes()[72:76], "little") == path.stat().st_size - 76
    return joined(map(samples_of, paths))


def share(hz: float, pcm: array[int], level: float = 0.2) -> float:
    """In which part of these samples a tone is heard: of pieces of 100 ms."""
    pieces = [pcm[at : at + 800] for at in range(0, len(pcm) - 799, 800)]
    return sum(level_at(hz, piece, RATE) > level for piece in pieces) / max(len(pieces), 1)


def prompts(document: Document) -> list[str]:
    return [screen["prompt"] for screen in document["screen"]]


def free_port() -> int:
    """Nobody listens there, and an even one."""
    while True:
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as trying:
            trying.bind((HOST, 0))
            port: int = trying.getsockname()[1]
            if port % 2 == 0:
                return port


def assert_both_are_heard(phone: OurPhone, document: Document) -> None:
    """All through its recording, but for the frame or two in which the other phone had not begun."""
    pcm = recorded(phone, document)
    assert share(NEAR, pcm) > 0.9 < share(FAR, pcm)
    assert share(1000, pcm) == 0
