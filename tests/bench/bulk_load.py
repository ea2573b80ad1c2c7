"""The load of the bulk benchmarks: legs that talk on one core, while what records them on the other is looked at."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from tests.bench.measure import cpu_seconds

RECORDER_CPU, SENDER_CPU = 0, 1
PACKETS_PER_S = 50
"""Of a leg; a call has two."""
WARM_UP_S = 3
"""Before anything is looked at: that all calls begin at once is not what a recorder's day is like."""


class Leg(NamedTuple):
    """A stream: its flow, which its audio tells, its SSRC, and where it goes."""

    flow: int
    ssrc: int
    host: str
    port: int


@contextmanager
def on_core(core: int, command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """A process on one core, spoken to by lines; it is ended afterwards, also when it is stopped."""
    whole = ["taskset", "-c", str(core), *command]
    with subprocess.Popen(whole, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def talking(legs: Sequence[Leg], seconds: float, frames: bool = False) -> Iterator[subprocess.Popen[str]]:
    """Legs that talk from now on, for so long; `frames`: see bulk_frames. `told` waits for what was sent."""
    with on_core(SENDER_CPU, [sys.executable, "-m", "tests.bench.bulk_sender"]) as process:
        tell(process, {"seconds": seconds, "legs": legs, "frames": frames})
        told(process)
        yield process


def tell(process: subprocess.Popen[str], what: object) -> None:
    """One line of JSON."""
    assert process.stdin
    process.stdin.write(json.dumps(what) + "\n")
    process.stdin.flush()


def told(process: subprocess.Popen[str]) -> Any:
    """What the process says next; RuntimeError if it has ended instead."""
    assert process.stdout
    if not (line := process.stdout.readline()):
        raise RuntimeError(f"{module(process)} has ended")
    return json.loads(line)


def module(process: subprocess.Popen[str]) -> str:
    """The name of the module that it runs."""
    assert isinstance(process.args, list)
    name: str = process.args[process.args.index("-m") + 1]
    return name


def spent(pids: Sequence[int], seconds: float) -> float:
    """CPU seconds of these processes while so much time passes."""
    before = sum(map(cpu_seconds, pids))
    time.sleep(seconds)
    return sum(map(cpu_seconds, pids)) - before


@contextmanager
def many_files() -> Iterator[None]:
    """Leave the recorder's core alone, and let children open as many files as they may."""
    usual, limits = os.sched_getaffinity(0), resource.getrlimit(resource.RLIMIT_NOFILE)
    os.sched_setaffinity(0, {SENDER_CPU})
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, usual)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
