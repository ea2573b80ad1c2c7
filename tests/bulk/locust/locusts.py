"""Locust itself for tests: a master, its workers, and what their statistics say."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from typing import Any

from tests.cli.foreground import hears_ctrl_c

LOCUSTFILE = Path(__file__).parents[3] / "docs" / "locustfile.py"
PATIENCE_S = 60.0


@dataclass
class Locust:
    """One Locust process; what it says is in `log`."""

    process: subprocess.Popen[bytes]
    log: Path

    def ended(self) -> int:
        """Its exit code, when it has come to its end."""
        try:
            return self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it does not end:\n{self.text}") from None

    @property
    def text(self) -> str:
        return self.log.read_text("utf-8")

    def says(self, words: str) -> None:
        """Wait until it does."""
        deadline = time.monotonic() + PATIENCE_S
        while words not in self.text:
            assert time.monotonic() < deadline, f"{words!r} is not in:\n{self.text}"
            time.sleep(0.05)

    @property
    def children(self) -> list[int]:
        """The processes that it has begun."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(number) for number in path.read_text("ascii").split()]


@contextmanager
def locust(folder: Path, name: str, *words: str) -> Iterator[Locust]:
    """`locust` with the locustfile of the documentation."""
    log = folder / f"{name}.log"
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), *words]
    with (
        log.open("wb") as written,
        subprocess.Popen(command, stdout=written, stderr=written, cwd=folder, preexec_fn=hears_ctrl_c) as process,
    ):
        try:
            yield Locust(process, log)
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE_S / 4)
            finally:
                process.kill()


@contextmanager
def master_and_workers(folder: Path, count: int, *words: str) -> Iterator[tuple[Locust, list[Locust]]]:
    """A master on the loopback, which begins as soon as its workers are there, and these."""
    port = str(free_port())
    bound = ("--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port)
    expects = ("--expect-workers", str(count), "--expect-workers-max-wait", str(round(PATIENCE_S)))
    with ExitStack() as stack:
        master = stack.enter_context(locust(folder, "master", *bound, *expects, "--headless", *words))
        begun = [
            stack.enter_context(locust(folder, f"worker{number}", "--worker", "--master-port", port))
            for number in range(count)
        ]
        yield master, begun


@dataclass
class Statistics:
    """What Locust has written with `--json-file` and `--csv`."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How often each step of calls was told."""
        return {name: row["num_requests"] for name, row in self.rows.items() if row["method"] == "record"}

    @property
    def failed(self) -> dict[str, int]:
        """How often each of these has failed."""
        found = {name: row["num_failures"] for name, row in self.rows.items() if row["method"] == "record"}
        return {name: count for name, count in found.items() if count}


def writes(folder: Path) -> tuple[str, ...]:
    """The words with which Locust writes its statistics there."""
    return ("--json-file", str(folder / "statistics"), "--csv", str(folder / "statistics"))


def statistics(folder: Path) -> Statistics:
    """What it has written there."""
    # Its file has an ending more than it was asked for.
    path = next(folder.glob("statistics*json"))
    rows = {row["name"]: row for row in json.loads(path.read_bytes())}
    return Statistics(rows, (folder / "statistics_failures.csv").read_text("utf-8"))


def free_port() -> int:
    """A TCP port that is free just now."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
