"""The fleet on one core, against a record server on the other that keeps nothing: how many phones it can be."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bench.bulk_load import PACKETS_PER_S, RECORDER_CPU, SENDER_CPU, many_files, on_core, told

PHONES = os.environ.get("BENCH_FLEET_PHONES", "1200")
ONE_ADDRESS_PHONES = os.environ.get("BENCH_FLEET_ONE_PHONES", "5000")
SECONDS = int(os.environ.get("BENCH_FLEET_SECONDS", "20"))
"""While all of them talk."""
RAMP = 500
LATE_MS = 20
"""A packet that leaves later than this was not sent in its time."""


def fleet(directory: Path) -> None:
    """A port for each session, and one address for all; so many phones as are named, comma between."""
    with many_files():
        for kind, words, named in (("ports", "a port a session", PHONES), ("one", "one address", ONE_ADDRESS_PHONES)):
            numbers = [int(number) for number in named.split(",") if number]
            in_time = [phones for phones in numbers if run(phones, kind, words)]
            print(f"  most phones whose packets all left in time {max(in_time, default=0):8,}")


def run(phones: int, kind: str, words: str) -> bool:
    """One run: whether all was sent, and in time."""
    print(f"fleet, {phones:,} phones of {PACKETS_PER_S} packets a second, {words}, {SECONDS} s")
    with on_core(SENDER_CPU, [sys.executable, "-m", "tests.bench.fleet_sink", kind]) as sink:
        found = fleet_run(phones, told(sink))
    return report(phones, found)


def fleet_run(phones: int, port: int) -> dict[str, Any]:
    """What the fleet tells in the end."""
    talk = phones / RAMP + SECONDS
    command = [sys.executable, "-m", "phone_recorder", "fleet", "--server", f"127.0.0.1:{port}"]
    command += ["--phones", f"{phones}", "--ramp", f"{RAMP}/s", "--talk", f"{talk:.0f}s", "--terminator", "LF"]
    whole = ["taskset", "-c", str(RECORDER_CPU), *command, "--json", "-", "--fail-if", "failed>=0"]
    with subprocess.Popen(whole, stdout=subprocess.PIPE, text=True) as process:
        try:
            found: dict[str, Any] = json.loads(process.communicate()[0])
        finally:
            process.kill()
    return found


def report(phones: int, found: dict[str, Any]) -> bool:
    totals, late, start = found["totals"], found["spreads_s"]["lateness"], found["spreads_s"]["start_latency"]
    steady = [row for row in found["series"] if row["talking"] == phones] or found["series"][-1:]
    cpu, rate = (statistics.median(row[name] or 0 for row in steady) for name in ("cpu_share", "packets_per_s"))
    print(
        f"  {'CPU, packets a second, all talking':42} {cpu:8.0%} of a core, {rate:,.0f}: {cpu / rate * 1e6:.1f} us each"
    )
    print(f"  {'packets late at 99 %, at most':42} {late['p99'] * 1e3:8.1f} ms, {late['most'] * 1e3:.0f} ms")
    unsent = totals["packets_unsent"]
    print(f"  {'unsent; recordings failed':42} {unsent:8,}; {totals['failed']}")
    print(f"  {'start latency, median and 99 %':42} {start['p50'] * 1e3:8.1f} ms, {start['p99'] * 1e3:.0f} ms")
    print(f"  {'the fleet itself was the limit':42} {totals['bottleneck'] or 'no'}")
    return not unsent and not totals["failed"] and late["p99"] * 1e3 < LATE_MS and rate > PACKETS_PER_S * phones * 0.99
