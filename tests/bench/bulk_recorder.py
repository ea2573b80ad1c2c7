"""A recorder of many calls: `python -m tests.bench.bulk_recorder CALLS ports|shared DIRECTORY`, until stdin ends.

A line of JSON when it is ready: the receiver's name, and the legs as `Leg` has them. Another in the end: `Told`.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from phone_recorder.adapters.batches.best import best
from phone_recorder.adapters.group_sync import GroupSync
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.bulk.live import Files, LiveRecorder
from phone_recorder.bulk.mixed_frames import LEGS
from phone_recorder.bulk.recorder import NAMES, BulkPlan
from phone_recorder.recording.account import Account
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.units import SECOND, from_ns
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import HEADER_SIZE
from tests.bench.bulk_load import PACKETS_PER_S, Leg
from tests.bulk.checking import FRAME, wrong_frames

RECEIVE = os.environ.get("BENCH_RECEIVE")
SYNC = os.environ.get("BENCH_SYNC") == "1"
TICK_S = 0.2


@dataclass(slots=True)
class Told:
    """What came of the calls: packets, files and frames, and of these how many are not what was said."""

    received: int = 0
    dropped: int = 0
    foreign: int = 0
    slowest_s: float = 0.0
    files: int = 0
    frames: int = 0
    wrong: int = 0


def main() -> None:
    calls, shared, place = int(sys.argv[1]), sys.argv[2] == "shared", Path(sys.argv[3])
    ended: dict[int, Account] = {}
    receiver = best(shared, wanted=RECEIVE, waiting=calls * LEGS * PACKETS_PER_S)
    sync = GroupSync(place) if SYNC else None
    files = Files(MountedDrive(place, syncs=Syncs.BY_OTHERS), SpacePolicy(0), lambda now: datetime.now(), sync)
    live = LiveRecorder(
        BulkPlan(calls, FRAME, SECOND, PCMU),
        receiver,
        files,
        shared,
        lambda call, account: ended.update({call: account}),
    )
    legs = [leg for call in range(calls) for leg in begin(live, call)]
    print(json.dumps({"receiver": receiver.name, "legs": legs}), flush=True)
    told = Told(slowest_s=recorded(live, calls), dropped=live.dropped, foreign=live.foreign)
    live.close()
    if sync:
        sync.close()
    check(ended, told)
    print(json.dumps(asdict(told)), flush=True)


def begin(live: LiveRecorder, call: int) -> list[Leg]:
    begun = live.begin(from_ns(time.monotonic_ns()), Account(f"{call}", "local", "PCMU"), 2 * call + 1, 2 * call + 2)
    return [Leg(2 * call + leg, 2 * call + leg + 1, *at) for leg, at in enumerate((begun.near, begun.far))]


def recorded(live: LiveRecorder, calls: int) -> float:
    """Record until stdin ends, and stop all calls: how long a tick took at most until then."""
    begun, slowest = time.monotonic(), 0.0
    while not select.select([sys.stdin], [], [], 0)[0]:
        slowest = max(slowest, tick(live, begun))
    for call in range(calls):
        live.stop(call, from_ns(time.monotonic_ns()), "the end")
    while live.running:
        tick(live, begun)
    return slowest


def tick(live: LiveRecorder, begun: float) -> float:
    """Wait for the next tick, and take it: how long that took."""
    time.sleep(TICK_S - (time.monotonic() - begun) % TICK_S)
    at = time.monotonic()
    live.tick(from_ns(time.monotonic_ns()))
    return time.monotonic() - at


def check(ended: dict[int, Account], told: Told) -> None:
    """Each frame of each file is the mix of what its legs said then."""
    for call, account in ended.items():
        data = np.frombuffer(b"".join(Path(part.path).read_bytes()[HEADER_SIZE:] for part in account.parts), np.uint8)
        said = tuple(account.streams[name].received for name in NAMES)
        told.received += sum(said)
        told.wrong += wrong_frames(call, data.reshape(-1, FRAME), said)
        told.frames += len(data) // FRAME
        told.files += len(account.parts)


if __name__ == "__main__":
    main()
