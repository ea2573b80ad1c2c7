"""Thousands of calls recorded by one process on one core, the sender on the other; every frame is looked at."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import numpy as np

from phone_recorder.adapters.batches.best import best
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.bulk.live import Files, LiveRecorder
from phone_recorder.bulk.recorder import NAMES, BulkPlan
from phone_recorder.recording.account import Account
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.units import SECOND, from_ns
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import HEADER_SIZE
from tests.bulk.checking import FRAME, wrong_frames

CALLS = int(os.environ.get("BENCH_CALLS", "2000"))
SHARED_CALLS = int(os.environ.get("BENCH_SHARED_CALLS", "5000"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "30"))
RECEIVE = os.environ.get("BENCH_RECEIVE")
RECORDER_CPU, SENDER_CPU = 0, 1
TICK_S = 0.2


def bulk(directory: Path) -> None:
    """File mode: a port for each leg, and one for all."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    usual = os.sched_getaffinity(0)
    try:
        for calls, shared in ((CALLS, False), (SHARED_CALLS, True)):
            with tempfile.TemporaryDirectory(dir=directory) as place:
                record(Path(place), calls, shared)
    finally:
        os.sched_setaffinity(0, usual)


def record(place: Path, calls: int, shared: bool) -> None:
    os.sched_setaffinity(0, {RECORDER_CPU})
    ended: dict[int, Account] = {}
    receiver = best(shared, wanted=RECEIVE)
    plan = BulkPlan(calls, FRAME, SECOND, PCMU)
    files = Files(MountedDrive(place, syncs=Syncs.BY_OTHERS), SpacePolicy(0), lambda now: datetime.now())
    live = LiveRecorder(plan, receiver, files, shared, lambda call, account: ended.update({call: account}))
    print(f"file mode, {calls} calls, {'one port' if shared else 'a port a leg'}, {SECONDS} s, by {receiver.name}")
    with sending(live, calls) as child:
        used, begun, slowest = time.process_time(), time.monotonic(), 0.0
        while child.poll() is None:
            slowest = max(slowest, tick(live, begun))
        for _ in range(3):
            tick(live, begun)
        used, lasted = time.process_time() - used, time.monotonic() - begun
        for call in range(calls):
            live.stop(call, from_ns(time.monotonic_ns()), "the end")
        while live.running:
            tick(live, begun)
        assert child.stdout
        said = json.loads(child.stdout.readline())
    live.close()
    report(calls, used, lasted, slowest, said, live, ended)
    check(place, ended)


def tick(live: LiveRecorder, begun: float) -> float:
    """Wait for the next tick, and take it: how long that took."""
    time.sleep(TICK_S - (time.monotonic() - begun) % TICK_S)
    at = time.monotonic()
    live.tick(from_ns(time.monotonic_ns()))
    return time.monotonic() - at


@contextmanager
def sending(live: LiveRecorder, calls: int) -> Iterator[subprocess.Popen[str]]:
    """A sender that has been told of all legs."""
    legs = []
    for call in range(calls):
        now = from_ns(time.monotonic_ns())
        begun = live.begin(now, Account(f"{call}", "local", "PCMU"), 2 * call + 1, 2 * call + 2)
        legs += [(2 * call + leg, 2 * call + leg + 1, *at) for leg, at in enumerate((begun.near, begun.far))]
    command = ["taskset", "-c", str(SENDER_CPU), sys.executable, "-m", "tests.bench.bulk_sender"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdin
            child.stdin.write(json.dumps({"seconds": SECONDS, "legs": legs}) + "\n")
            child.stdin.flush()
            yield child
        finally:
            child.send_signal(signal.SIGKILL)


def report(
    calls: int,
    used: float,
    lasted: float,
    slowest: float,
    said: dict[str, float],
    live: LiveRecorder,
    ended: dict[int, Account],
) -> None:
    counts = [stream for account in ended.values() for stream in account.streams.values()]
    lost = said["sent"] - sum(count.received for count in counts)
    each = used / SECONDS / calls * 1e6
    print(f"  {'CPU of the recorder':42} {used / lasted:8.0%} of a core, {each:.0f} us a call-second")
    print(f"  {'packets sent, lost, dropped by the kernel':42} {said['sent']:,} {lost:.0f} {live.dropped}")
    print(f"  {'slowest tick':42} {slowest * 1e3:8.0f} ms")
    late = f"{said['late_p99'] * 1e3:.0f} and {said['late'] * 1e3:.0f} ms"
    print(f"  {'sender: CPU, late by 99 % and at most':42} {said['cpu']:.1f} s, {late}")


def check(place: Path, ended: dict[int, Account]) -> None:
    """Each frame of each file is the mix of what its legs said then."""
    wrong = frames = 0
    for call, account in ended.items():
        data = np.frombuffer(b"".join(Path(part.path).read_bytes()[HEADER_SIZE:] for part in account.parts), np.uint8)
        said = tuple(account.streams[name].received for name in NAMES)
        wrong += wrong_frames(call, data.reshape(-1, FRAME), said)
        frames += len(data) // FRAME
    print(f"  {'files, frames, of which wrong':42} {len(ended)} {frames:,} {wrong}")
