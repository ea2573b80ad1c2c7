"""The rows of the table whose targets are ratios: the offline mix, and the CPU of a call for a second."""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path

from phone_recorder.wire.record_file import HEADER_SIZE
from tests.bench import bulk_peers, mix
from tests.bench.bulk_load import many_files
from tests.bench.measure import cost, have
from tests.bench.thousands.loads import peer, recorder_faults
from tests.bench.thousands.table import Line, Round

FRAME = 160
START = [*mix.KEPT, "OPENBLAS_NUM_THREADS=1", sys.executable, "-c", "import numpy"]
"""As `mix` starts them."""

_CPU = "CPU of a call-second, beside "
CPU = (
    Line(f"{_CPU}ffmpeg's live amix", 80, "us", peer="ffmpeg", goal="{} x ffmpeg"),
    Line(f"{_CPU}rtpengine's pcap recording", 10, "us", peer="rtpengine", goal="{} x rtpengine"),
    Line(f"{_CPU}tcpdump", 0.5, "us", peer="tcpdump", goal="{} x tcpdump (within 2 x of it)"),
)


def mixes(seconds: int) -> tuple[Line, ...]:
    """Of two files of that length."""
    what = "offline mix of " + ("1 h" if seconds == mix.HOUR_S else f"{seconds:,} s")
    return (
        Line(what, 15_000, "s", "x real time", goal="{} x real time", cost="{:.3f}"),
        Line(f"{what}, beside `sox -m`", 4, "s", peer="`sox -m`", goal="{} x sox", cost="{:.3f}"),
        Line(f"{what}, beside `ffmpeg amix`", 13, "s", peer="`ffmpeg amix`", goal="{} x ffmpeg", cost="{:.3f}"),
    )


def offline(place: Path, seconds: int) -> list[Round]:
    """A round of `mixes`. The first writes the two sides, and warms up."""
    if not (place / "b.wav").exists():
        mix.write_hours(place, seconds)
        mix.in_one_round(place)
        cost(START, place)
    spent, start = mix.in_one_round(place), cost(START, place).wall
    ours = spent[mix.OURS].wall
    faults, frames = mixed_wrong(place)
    limit = f"the start of Python and numpy is {start / ours:.0%} of it"
    same = Round(ours, faults=faults, frames=frames, limit=limit)
    return [
        same._replace(value=seconds / ours),
        *(
            same._replace(beside=spent[name].wall) if name in spent else same._replace(absent=missing(name.split()[0]))
            for name in (mix.SOX, mix.FFMPEG)
        ),
    ]


def mixed_wrong(place: Path) -> tuple[dict[str, int], int]:
    """How many frames of our mix are not sox's, to the byte, and of how many; nothing without sox."""
    if not have("sox"):
        return {}, 0
    ours, theirs = (place / "ours.wav").read_bytes()[HEADER_SIZE:], (place / "sox.raw").read_bytes()
    frames = range(0, max(len(ours), len(theirs)), FRAME)
    same = ours == theirs
    wrong = 0 if same else sum(ours[at : at + FRAME] != theirs[at : at + FRAME] for at in frames)
    return {"bytes lost": max(len(theirs) - len(ours), 0), "frames wrong": wrong}, len(frames)


def cpu(place: Path, seconds: int = bulk_peers.SECONDS, most: int | None = None) -> list[Round]:
    """A round of CPU: ours, and each peer that is there."""
    few, many, ffmpegs = (min(calls, most or calls) for calls in (bulk_peers.FEW, bulk_peers.MANY, bulk_peers.FFMPEGS))
    with many_files(), tempfile.TemporaryDirectory(dir=place) as ours:
        row = bulk_peers.Row("ours", "", many, bulk_peers.ours, bulk_peers.MIXED)
        spent = bulk_peers.cost(row, Path(ours), seconds)
    share = f"ours used {spent.cost * many:.0%} of a core for {many:,} calls"
    faults = recorder_faults(many, spent.recorder, spent.sender)
    same = Round(spent.cost * 1e6, faults=faults, frames=spent.recorder["frames"])
    peers = (
        bulk_peers.Row("ffmpeg", "ffmpeg", ffmpegs, bulk_peers.ffmpeg, bulk_peers.MIXED),
        bulk_peers.Row("rtpengine", "rtpengine", few, bulk_peers.recording, bulk_peers.BOTH),
        bulk_peers.Row("tcpdump", "tcpdump", many, bulk_peers.tcpdump, bulk_peers.BOTH),
    )
    rounds = []
    for row in peers:
        with many_files(), tempfile.TemporaryDirectory(dir=place) as its:
            theirs, absent = peer(partial(cpu_of, row, Path(its), seconds), row.program)
        rounds.append(same._replace(beside=theirs, absent=absent, limit=f"{share}, theirs is of {row.calls:,}"))
    return rounds


def cpu_of(row: bulk_peers.Row, place: Path, seconds: int) -> float:
    return bulk_peers.cost(row, place, seconds).cost


def missing(program: str) -> str:
    return f"{program} is not installed"
