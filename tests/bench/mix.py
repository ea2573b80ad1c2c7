"""`phone-recorder mix` against sox and ffmpeg, each a whole process, start of Python included; then a small archive."""

from __future__ import annotations

import random
import statistics
import struct
import sys
import time
from pathlib import Path

from tests.bench.measure import Cost, cost, have, median

HOUR_S, BYTES_PER_S = 3600, 8000
RUNS, WARM_UPS = 9, 1
FILES, FILE_S = 60, 60
_AMIX = ["-filter_complex", "amix=inputs=2", "-f", "mulaw"]
OURS, SOX, FFMPEG = "phone-recorder mix", "sox -m", "ffmpeg amix"
KEPT = ["env", "-u", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX=bytecode"]
"""Before a command of Python: its byte code is kept, as that of an installed package is."""
OUTPUTS = ("ours.wav", "sox.raw", "ffmpeg.raw")


def mix(directory: Path) -> None:
    """Ours from record files to a record file; the peers the same payloads, without heads."""
    place = directory / "mix"
    place.mkdir()
    hour(place)
    print()
    archive(place)


def hour(place: Path) -> None:
    """The ratios are of the same round: other work on the machine hits all three."""
    print(f"two hours of PCMU mixed to one (targets: {15_000:,} x real time, 4 x sox, 13 x ffmpeg)")
    write_hours(place)
    for _ in range(WARM_UPS):
        in_one_round(place)
    rounds = [in_one_round(place) for _ in range(RUNS)]
    costs = {name: [each[name] for each in rounds] for name in commands()}
    for name, all_spent in costs.items():
        row(name, median(all_spent))
        print(f"  {HOUR_S / median(all_spent).wall:,.0f} x real time{ratio(all_spent, costs[OURS])}")


def write_hours(place: Path, seconds: int = HOUR_S) -> None:
    """The two sides that all of them mix."""
    for name in "ab":
        write_side(place / f"{name}.wav", place / f"{name}.raw", seconds, name)


def in_one_round(place: Path) -> dict[str, Cost]:
    """What each of them costs, one after the other; what they have written stays until the next round."""
    remove(place)
    return {name: cost(command, place) for name, command in commands().items()}


def ratio(theirs: list[Cost], ours: list[Cost]) -> str:
    """How many times as long as ours, round by round."""
    if theirs is ours:
        return ""
    times = sorted(their.wall / our.wall for their, our in zip(theirs, ours, strict=True))
    return f"; ours is {statistics.median(times):.1f} x as quick ({times[0]:.1f} to {times[-1]:.1f})"


def archive(place: Path) -> None:
    """Many short files; sox has to be started for each."""
    print(f"{FILES} pairs of {FILE_S} s, PCMU, an archive")
    for side in "ab":
        (place / side).mkdir()
        for number in range(FILES):
            write_side(place / side / f"{number}.wav", place / side / f"{number}.raw", FILE_S, f"{side}{number}")
    for jobs in (1, 2):
        spent = median([cost([*ours("a", "b", "out"), "--force", "-j", str(jobs)], place) for _ in range(3)])
        row(f"phone-recorder mix -j {jobs}", spent)
    if have("sox"):
        began = time.perf_counter()
        for number in range(FILES):
            cost(sox(f"a/{number}.raw", f"b/{number}.raw"), place)
        print(f"  {'sox -m, one after the other':42} {time.perf_counter() - began:8.3f} s wall")


def commands() -> dict[str, list[str]]:
    """Ours and those of the peers that are here, for the same two hours."""
    found = {OURS: ours("a.wav", "b.wav", "ours.wav")}
    if have("sox"):
        found[SOX] = sox("a.raw", "b.raw")
    if have("ffmpeg"):
        found[FFMPEG] = ffmpeg()
    return found


def ours(a: str, b: str, out: str) -> list[str]:
    return [*KEPT, sys.executable, "-m", "phone_recorder", "mix", a, b, "-o", out]


def sox(a: str, b: str) -> list[str]:
    raw = ["-t", "raw", "-r", "8000", "-c", "1", "-b", "8", "-e", "mu-law"]
    return ["sox", "-V1", "-D", "-m", "-v", "1", *raw, a, "-v", "1", *raw, b, *raw, "sox.raw"]


def ffmpeg() -> list[str]:
    raw = ["-f", "mulaw", "-ar", "8000", "-ac", "1"]
    return ["ffmpeg", "-loglevel", "error", "-y", *raw, "-i", "a.raw", *raw, "-i", "b.raw", *_AMIX, "ffmpeg.raw"]


def write_side(record: Path, raw: Path, seconds: int, seed: str) -> None:
    """A second at a time: what this process once held would count as its children's memory."""
    draw, size = random.Random(seed), seconds * BYTES_PER_S
    with record.open("wb") as one, raw.open("wb") as other:
        one.write(struct.pack("<64siiI", b"PCMU", 160, 160, size))
        for _ in range(seconds):
            payload = draw.randbytes(BYTES_PER_S)
            one.write(payload)
            other.write(payload)


def remove(place: Path) -> None:
    """Each writes a new file: to take another's place costs more."""
    for name in OUTPUTS:
        (place / name).unlink(missing_ok=True)


def row(name: str, spent: Cost) -> None:
    print(f"  {name:42} {spent.wall:8.3f} s wall {spent.cpu:8.3f} s CPU {spent.memory:7.1f} MB")
