"""What the harness takes for each part of its work, in one process; prints one JSON document of seconds, medians.

`python -m tests.bench.harness_parts SCENARIO PLACE`: reading, playing and judging that scenario's first case, and
`core`, a call as tiny_scenario's by the harness of `call --fast`, which nobody reads, judges or tells of.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from phone_recorder.harness.call.request import CallRequest
from phone_recorder.harness.call.run import run_fast
from phone_recorder.harness.judging.judge import judge
from phone_recorder.harness.playing.virtual import play
from phone_recorder.harness.runner.collecting import read_file
from tests.bench.harness_scenarios import TINY_S

ROUNDS, CORES = 5, 50


def parts(scenario: Path, place: Path) -> dict[str, float]:
    """Evidence is another each time: what was worked out of it once is kept."""
    began = time.perf_counter()
    [case, *_] = read_file(scenario)
    read = time.perf_counter()
    evidence = play(case, 1, place)
    played = time.perf_counter()
    failures = judge(case, evidence)
    judged = time.perf_counter()
    if failures:
        raise RuntimeError(f"{case.name}: {failures[0]}")
    return {"read": read - began, "play": played - read, "judge": judged - played}


def core(place: Path) -> dict[str, float]:
    """One call of two tones."""
    began = time.perf_counter()
    run_fast(CallRequest(usb=place, duration_s=TINY_S), place)
    return {"core": time.perf_counter() - began}


def main(scenario: Path) -> None:
    found: dict[str, list[float]] = {}
    with TemporaryDirectory() as above:
        # The first time is spent on imports and tables.
        for number in range(1 + ROUNDS):
            note(found, parts(scenario, made(Path(above, f"case-{number}"))), number > 0)
        for number in range(1 + CORES):
            note(found, core(made(Path(above, f"core-{number}"))), number > 0)
    print(json.dumps({name: statistics.median(seconds) for name, seconds in found.items()}))


def note(found: dict[str, list[float]], seconds: dict[str, float], counts: bool) -> None:
    for name, took in seconds.items() if counts else ():
        found.setdefault(name, []).append(took)


def made(directory: Path) -> Path:
    directory.mkdir()
    return directory


if __name__ == "__main__":
    main(Path(sys.argv[1]))
