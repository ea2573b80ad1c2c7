"""The two wires into a machine, both lines of JSON on a socket: QEMU's monitor, and the guest's agent."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE_S = 60.0


class MachineError(Exception):
    """QEMU or the guest refused, or told nothing in time."""


class Wire:
    """A connected socket that carries lines of JSON."""

    def __init__(self, path: Path, deadline: float) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._waiting = b""
        while True:
            try:
                self._socket.connect(str(path))
                return
            except OSError as error:
                if time.monotonic() > deadline:
                    raise MachineError(f"nobody listens at {path}") from error
                time.sleep(0.01)

    def send(self, document: dict[str, Any]) -> None:
        try:
            self._socket.sendall(json.dumps(document).encode() + b"\n")
        except OSError as error:
            raise MachineError(f"the machine has ended: {error}") from error

    def receive(self, timeout: float) -> dict[str, Any]:
        """The next line."""
        deadline = time.monotonic() + timeout
        while b"\n" not in self._waiting:
            self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                data = self._socket.recv(1 << 20)
            except TimeoutError as error:
                raise MachineError(f"no answer in {timeout:.0f} s") from error
            except OSError as error:
                raise MachineError(f"the machine has ended: {error}") from error
            if not data:
                raise MachineError("the machine has ended")
            self._waiting += data
        line, _, self._waiting = self._waiting.partition(b"\n")
        document: dict[str, Any] = json.loads(line)
        return document

    def close(self) -> None:
        self._socket.close()


class Monitor:
    """QEMU's monitor (QMP)."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        wire.receive(PATIENCE_S)
        self("qmp_capabilities")

    def __call__(self, command: str, **arguments: Any) -> Any:
        """What it returns; MachineError if it refuses. `_` in a name of an argument stands for `-`."""
        named = {name.replace("_", "-"): value for name, value in arguments.items()}
        self._wire.send({"execute": command, "arguments": named})
        while True:
            answer = self._wire.receive(PATIENCE_S)
            if "error" in answer:
                raise MachineError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has run in the guest. Times are the guest's, in seconds since 1970."""

    code: int
    lines: tuple[tuple[float, str], ...]
    err: str
    began: float
    ended: float

    @property
    def out(self) -> str:
        return "\n".join(text for _, text in self.lines)


class Job:
    """A command that runs in the guest."""

    def __init__(self, guest: Guest, number: int, command: str) -> None:
        self._guest = guest
        self._number = number
        self._command = command

    def result(self, timeout: float = PATIENCE_S) -> Done:
        """Wait until it has ended."""
        try:
            return self._guest.answer(self._number, timeout)
        except MachineError as error:
            raise MachineError(f"{self._command}: {error}") from error


class Guest:
    """The agent in the guest (agent.py)."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._last = 0
        self._answers: dict[int, Done] = {}

    def wait_until_ready(self, timeout: float) -> None:
        while "ready" not in self._wire.receive(timeout):
            pass

    def start(self, command: str) -> Job:
        """Run it by the guest's shell, beside whatever else runs there."""
        self._last += 1
        self._wire.send({"id": self._last, "sh": command})
        return Job(self, self._last, command)

    def try_run(self, command: str, timeout: float = PATIENCE_S) -> Done:
        """Run it to its end, well or not."""
        return self.start(command).result(timeout)

    def run(self, command: str, timeout: float = PATIENCE_S) -> str:
        """Its output; MachineError if it failed."""
        done = self.try_run(command, timeout)
        if done.code:
            raise MachineError(f"{command} ended with {done.code}: {done.out}{done.err}")
        return done.out

    def wait_for(self, command: str, timeout: float = PATIENCE_S) -> str:
        """Run it again and again until it succeeds."""
        deadline = time.monotonic() + timeout
        while (done := self.try_run(command, timeout)).code:
            if time.monotonic() > deadline:
                raise MachineError(f"in vain for {timeout:.0f} s: {command}: {done.out}{done.err}")
            time.sleep(0.1)
        return done.out

    @property
    def now(self) -> float:
        """The guest's clock, at some time between the call and the return."""
        return self.try_run("").ended

    def answer(self, number: int, timeout: float) -> Done:
        """Answers come in the order in which commands end."""
        deadline = time.monotonic() + timeout
        while number not in self._answers:
            found = self._wire.receive(deadline - time.monotonic())
            lines = tuple((at, text) for at, text in found["lines"])
            self._answers[found["id"]] = Done(found["code"], lines, found["err"], found["began"], found["ended"])
        return self._answers.pop(number)
