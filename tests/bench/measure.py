"""Processes timed from outside: CPU seconds and peak memory by the kernel's own account."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What a process cost: wall and CPU in seconds, peak memory in MB."""

    wall: float
    cpu: float
    memory: float


def cost(command: list[str], cwd: Path) -> Cost:
    """Run a command to its end."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return Cost(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


@contextmanager
def running(command: list[str], cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process to look at while it runs; it is ended afterwards."""
    process = subprocess.Popen(
        command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def cpu_seconds(pid: int) -> float:
    """What a running process has used so far, all its threads."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def peak_memory(pid: int) -> float:
    """The most that a running process has held, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def median(costs: list[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        statistics.median(c.wall for c in costs),
        statistics.median(c.cpu for c in costs),
        statistics.median(c.memory for c in costs),
    )


def in_turn(commands: list[list[str]], cwd: Path, runs: int = 3) -> list[Cost]:
    """The median cost of each command, one after the other in turn, so that a slow spell of the machine hits all."""
    costs: list[list[Cost]] = [[] for _ in commands]
    for _ in range(runs):
        for spent, command in zip(costs, commands, strict=True):
            spent.append(cost(command, cwd))
    return [median(spent) for spent in costs]


def have(program: str) -> bool:
    """Whether a peer is installed."""
    return shutil.which(program) is not None
