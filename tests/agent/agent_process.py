"""`phone-recorder agent` in a process of its own, and a client that knows no more of it than lines of JSON."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.agent.rtp_sender import Address
from tests.system.aftermath import in_order

PATIENCE_S = 20
STOP_S = 5
ROOT = Path(__file__).parents[2]
AGENT = [sys.executable, "-m", "phone_recorder", "agent"]


class Client:
    """One connection to an agent."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE_S)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")
        self._asked = 0

    def send(self, method: str, **params: Any) -> None:
        """Ask, and wait for nothing."""
        self._asked += 1
        request = {"jsonrpc": "2.0", "id": self._asked, "method": method, "params": params}
        self._socket.sendall(json.dumps(request).encode() + b"\n")

    def answer(self) -> Any:
        """To what was asked last; RuntimeError with what the agent says against it."""
        for line in self._lines:
            told = json.loads(line)
            if told.get("id") == self._asked:
                if "error" in told:
                    raise RuntimeError(told["error"]["message"])
                return told["result"]
        raise RuntimeError("the agent has closed the connection")

    def ask(self, method: str, **params: Any) -> Any:
        """Ask, and wait for the answer."""
        self.send(method, **params)
        return self.answer()

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


class AgentProcess:
    """An agent that runs. `stick` is the directory that stands for its drive; `home` has its runtime directory too."""

    def __init__(self, process: subprocess.Popen[bytes], home: Path) -> None:
        self.process = process
        self.stick = home / "stick"
        self.socket = home / "run" / "agent.sock"
        self.client = Client(self.socket)
        self.ask = self.client.ask

    @property
    def pid(self) -> int:
        return self.process.pid

    def begin_call(self, rtp: str) -> list[Address]:
        """A call begins; where its legs are to be sent, near first."""
        call = self.ask("call.start", remote_number="1002", remote_name="Bob", rtp=rtp)
        return [
            Address(leg, call["host"], call["ports"][leg]) for leg in ("near", "far", "mixed") if leg in call["ports"]
        ]

    def files(self) -> list[Path]:
        """The record files of its drive, in the order in which they were begun."""
        return in_order(self.stick)

    def stop(self) -> int:
        """In order; its exit code."""
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_S)


@contextmanager
def agent_process(home: Path, *settings: str, environ: Mapping[str, str] = {}) -> Iterator[AgentProcess]:
    """An agent with these settings, `KEY=VALUE` each; what it has logged stays in `home`/agent.log."""
    (home / "stick").mkdir(parents=True, exist_ok=True)
    words = ["--usb", str(home / "stick"), "--runtime", str(home / "run"), "--config", str(home / "phone.toml")]
    given = [word for setting in settings for word in ("--set", setting)]
    with (home / "agent.log").open("wb") as log:
        process = subprocess.Popen(
            [*AGENT, *words, *given], cwd=ROOT, stdin=subprocess.DEVNULL, stderr=log, env={**os.environ, **environ}
        )
    try:
        _until_it_answers(process, home)
        yield AgentProcess(process, home)
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until_it_answers(process: subprocess.Popen[bytes], home: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            client = Client(home / "run" / "agent.sock")
        except OSError:
            time.sleep(0.02)
            continue
        client.ask("status.get")
        client.close()
        return
    raise RuntimeError(f"the agent did not start: {(home / 'agent.log').read_text()[-2000:]}")
