"""What live tests of a fleet share: a record server in a process of its own, and its files looked at frame by frame."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from phone_recorder.bulk.fleet.durations import Durations
from phone_recorder.bulk.fleet.live import Running, run_fleet
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.site import Outcome
from phone_recorder.bulk.fleet.snapshot import Snapshot
from phone_recorder.bulk.pattern import find
from phone_recorder.recording.server_destination import ServerPolicy

PATIENCE_S = 20.0
HEADER = 76
SILENCE = {"PCMU": 0xFF, "PCMA": 0xD5}
LF = ServerPolicy(b"\n")
SHORT = Durations.always(8000)


@dataclass
class Server:
    """A record server, and where it stores."""

    process: subprocess.Popen[str]
    address: tuple[str, int]
    storage: Path


@contextmanager
def serving(storage: Path, *words: str) -> Iterator[Server]:
    """`phone-recorder server` for many phones of one host."""
    storage.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "phone_recorder", "server", "--port", "0", "--storage", str(storage)]
    command += ["--connection-rate", "5000", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            line = process.stdout.readline()
            port = int(line.partition("127.0.0.1:")[2].partition(",")[0])
            yield Server(process, ("127.0.0.1", port), storage)
        finally:
            process.kill()


@dataclass
class Run:
    """What came of a run."""

    snapshot: Snapshot = field(default_factory=Snapshot)
    interrupted: int = 0
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def packets(self) -> dict[int, int]:
        """That each flow has said."""
        return {outcome.call.flow: outcome.packets.said for outcome in self.outcomes}


def run(plan: FleetPlan, show: Callable[[Running], object] = id, every_s: float = 0.05) -> Run:
    """Run a fleet to its end."""
    made = Run()
    ended = asyncio.run(asyncio.wait_for(run_fleet(plan, None, show, every_s, made.outcomes.append), 3 * PATIENCE_S))
    made.snapshot, made.interrupted = ended.snapshot, ended.interrupted
    return made


@dataclass
class Recorded:
    """A file at the server: whose it is, what the server says of it, and what each frame is, -1 where it is silence."""

    flow: int
    state: str
    reason: str
    frames: list[int]


def recorded(storage: Path, run_id: str = "") -> dict[int, Recorded]:
    """All recordings by flow, none of which is running any more; of one run where its id is given.

    AssertionError for a frame that is neither silence nor that flow's, or is not in its place.
    """
    files = [_recorded(path) for path in storage.glob("Record_*.json")]
    found = {one.flow: one for key, one in files if key.startswith(run_id)}
    assert len(found) == sum(key.startswith(run_id) for key, _ in files), "a call has more than one file"
    return found


def _recorded(path: Path) -> tuple[str, Recorded]:
    entry: dict[str, Any] = json.loads(path.read_bytes())
    flow = int(entry["id"][16:], 16)
    data = path.with_suffix(".wav").read_bytes()
    size = int.from_bytes(data[64:68], "little")
    frames = np.frombuffer(data[HEADER:], np.uint8).reshape(-1, size)
    flows, numbers = find(frames)
    silent = (frames == SILENCE[entry["codec"]]).all(axis=1)
    assert ((flows == flow) | silent).all(), f"{path.name} has frames that are not of flow {flow}"
    said = np.flatnonzero(~silent)
    assert len(set((numbers[said] - said).tolist())) <= 1, f"{path.name} has frames out of their places"
    return entry["id"], Recorded(flow, entry["state"], entry["reason"], np.where(silent, -1, numbers).tolist())


def settled(storage: Path, count: int) -> dict[int, Recorded]:
    """The recordings, when there are so many and all have ended."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        states = [json.loads(path.read_bytes())["state"] for path in storage.glob("Record_*.json")]
        if len(states) >= count and "recording" not in states:
            return recorded(storage)
        assert time.monotonic() < deadline, f"{len(states)} of {count} recordings: {states[:5]}"
        time.sleep(0.02)
