"""Thousands of calls recorded by one process on one core, the sender on the other; every frame is looked at."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.bulk_load import RECORDER_CPU, WARM_UP_S, Leg, many_files, on_core, spent, talking, told
from tests.bench.measure import peak_memory

CALLS = os.environ.get("BENCH_CALLS", "2000,4000")
SHARED_CALLS = os.environ.get("BENCH_SHARED_CALLS", "5000,7500")
SECONDS = int(os.environ.get("BENCH_SECONDS", "30"))
STALL_S = 0.5
STALLED_SECONDS = 8
SETTLE_S = 1.0
"""Before calls are ended: a stream whose first packet was late stands later than it comes, and so does its last one."""
FRAMES = os.environ.get("BENCH_FRAMES", "1") == "1"
RING = "AF_PACKET ring"


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one run: what the recorder and the sender tell, and what the recorder's process cost from outside."""

    receiver: str
    frames: bool
    recorder: dict[str, Any]
    sender: dict[str, Any]
    cpu: float
    memory: float

    @property
    def lost(self) -> int:
        return int(self.sender["sent"] - self.recorder["received"])

    @property
    def whole(self) -> bool:
        """Whether nothing is lost, and every frame is right."""
        return not (self.lost or self.recorder["wrong"] or self.sender["unsent"])


def bulk(directory: Path) -> None:
    """File mode: a port for each leg, and one for all; so many calls as are named, comma between."""
    with many_files():
        for shared, named in ((False, CALLS), (True, SHARED_CALLS)):
            numbers = [int(number) for number in named.split(",") if number]
            whole = [calls for calls in numbers if run(directory, calls, shared)]
            print(f"  most calls of which nothing was lost{'':6} {max(whole, default=0):8,}")


def run(directory: Path, calls: int, shared: bool) -> bool:
    """One run, and a shorter one with a stall in it: whether nothing was lost in either."""
    figures = record(directory, calls, shared, SECONDS)
    how = f"by {figures.receiver}, sent {'as frames' if figures.frames else 'by UDP'}"
    print(f"file mode, {calls:,} calls, {'one port' if shared else 'a port a leg'}, {SECONDS} s, {how}")
    report(calls, figures)
    stalled = record(directory, calls, shared, STALLED_SECONDS, stall=True)
    print(f"  {f'stopped for {STALL_S * 1e3:.0f} ms of {STALLED_SECONDS} s: lost, wrong':42} {losses(stalled)}")
    return figures.whole and stalled.whole


def record(directory: Path, calls: int, shared: bool, seconds: int, stall: bool = False) -> Figures:
    with tempfile.TemporaryDirectory(dir=directory) as place, recorder(Path(place), calls, shared) as (process, ready):
        frames = FRAMES and not shared and ready["receiver"] == RING
        with talking([Leg(*leg) for leg in ready["legs"]], WARM_UP_S + seconds, frames) as sender:
            time.sleep(WARM_UP_S)
            if stall:
                stop_for(process, STALL_S)
            used = spent([process.pid], seconds - 2 * STALL_S)
            said = told(sender)
            time.sleep(SETTLE_S)
        memory = peak_memory(process.pid)
        return Figures(ready["receiver"], frames, ended(process), said, used / (seconds - 2 * STALL_S), memory)


@contextmanager
def recorder(place: Path, calls: int, shared: bool) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Ours, ready: its process and what it tells."""
    words = [str(calls), "shared" if shared else "ports", str(place)]
    with on_core(RECORDER_CPU, [sys.executable, "-m", "tests.bench.bulk_recorder", *words]) as process:
        yield process, told(process)


def ended(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What the recorder tells when it is told to end."""
    assert process.stdin
    process.stdin.close()
    found: dict[str, Any] = told(process)
    return found


def stop_for(process: subprocess.Popen[str], seconds: float) -> None:
    """The whole process, as when the machine has no time for it."""
    process.send_signal(signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        process.send_signal(signal.SIGCONT)


def report(calls: int, figures: Figures) -> None:
    recorder, sender = figures.recorder, figures.sender
    print(
        f"  {'CPU of the recorder, memory':42} {figures.cpu:8.0%} of a core, {figures.cpu / calls * 1e6:.0f} us a"
        f" call-second, {figures.memory:.0f} MB"
    )
    print(f"  {'packets sent; lost, wrong frames':42} {sender['sent']:,}; {losses(figures)}")
    print(f"  {'slowest tick':42} {recorder['slowest_s'] * 1e3:8.0f} ms")
    late = f"late by {sender['late_p99'] * 1e3:.0f} ms at 99 %, {sender['late'] * 1e3:.0f} ms at most"
    print(f"  {'sender':42} {sender['cpu'] / (WARM_UP_S + SECONDS):8.0%} of a core, {late}")


def losses(figures: Figures) -> str:
    recorder, unsent = figures.recorder, figures.sender["unsent"]
    where = f"{figures.lost:,} ({recorder['dropped']:,} by the kernel)" if figures.lost else "none"
    return f"{where}, {recorder['wrong']:,} of {recorder['frames']:,}{f'; {unsent:,} unsent' if unsent else ''}"
