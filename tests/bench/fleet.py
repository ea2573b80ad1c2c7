"""The fleet on one core, against a record server on the other that keeps nothing: how many phones it can be."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a fleet: CPU as a share of a core and packets a second while all talk, spreads in seconds."""

    phones: int
    cpu: float
    rate: float
    late_s: dict[str, float]
    start_s: dict[str, float]
    unsent: int
    failed: int
    bottleneck: str

    @classmethod
    def of(cls, phones: int, found: dict[str, Any]) -> Sent:
        totals, spreads = found["totals"], found["spreads_s"]
        steady = [row for row in found["series"] if row["talking"] == phones] or found["series"][-1:]
        cpu, rate = (statistics.median(row[name] or 0 for row in steady) for name in ("cpu_share", "packets_per_s"))
        late, start = spreads["lateness"], spreads["start_latency"]
        unsent, failed = totals["packets_unsent"], totals["failed"]
        return cls(phones, cpu, rate, late, start, unsent, failed, totals["bottleneck"] or "")

    @property
    def each_us(self) -> float:
        """CPU of a packet."""
        return self.cpu / self.rate * 1e6 if self.rate else 0.0

    @property
    def late(self) -> bool:
        """Whether packets left after their time."""
        return self.late_s["p99"] * 1e3 >= LATE_MS

    @property
    def in_time(self) -> bool:
        """Whether all was sent, and in time."""
        return not (self.unsent or self.failed or self.late) and self.rate > PACKETS_PER_S * self.phones * 0.99


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
    sent = carried(phones, kind, SECONDS)
    report(sent)
    return sent.in_time


def carried(phones: int, kind: str, seconds: int) -> Sent:
    """So many phones, all talking for so long, against a sink of that kind, on the other core."""
    with on_core(SENDER_CPU, [sys.executable, "-m", "tests.bench.fleet_sink", kind]) as sink:
        return Sent.of(phones, fleet_run(phones, told(sink), seconds))


def fleet_run(phones: int, port: int, seconds: int) -> dict[str, Any]:
    """What the fleet tells in the end."""
    talk = phones / RAMP + seconds
    command = [sys.executable, "-m", "phone_recorder", "fleet", "--server", f"127.0.0.1:{port}"]
    command += ["--phones", f"{phones}", "--ramp", f"{RAMP}/s", "--talk", f"{talk:.0f}s", "--terminator", "LF"]
    whole = ["taskset", "-c", str(RECORDER_CPU), *command, "--json", "-", "--fail-if", "failed>=0"]
    with subprocess.Popen(whole, stdout=subprocess.PIPE, text=True) as process:
        try:
            found: dict[str, Any] = json.loads(process.communicate()[0])
        finally:
            process.kill()
    return found


def report(sent: Sent) -> None:
    late, start = sent.late_s, sent.start_s
    each = f"{sent.rate:,.0f}: {sent.each_us:.1f} us each"
    print(f"  {'CPU, packets a second, all talking':42} {sent.cpu:8.0%} of a core, {each}")
    print(f"  {'packets late at 99 %, at most':42} {late['p99'] * 1e3:8.1f} ms, {late['most'] * 1e3:.0f} ms")
    print(f"  {'unsent; recordings failed':42} {sent.unsent:8,}; {sent.failed}")
    print(f"  {'start latency, median and 99 %':42} {start['p50'] * 1e3:8.1f} ms, {start['p99'] * 1e3:.0f} ms")
    print(f"  {'the fleet itself was the limit':42} {sent.bottleneck or 'no'}")
