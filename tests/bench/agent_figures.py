"""What a running process costs, by the kernel's account: CPU, how often it wakes up, and memory three ways."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from tests.bench.measure import cpu_seconds, peak_memory


@dataclass(frozen=True)
class Figures:
    """Per second: `cpu` is a share of a core, `switches` count how often its threads were switched away from.

    Memory in MB: `peak` since it began; `rss` now, all that is mapped; `pss` with its share of what others have mapped
    too; `uss` what it alone has.
    """

    cpu: float
    switches: float
    peak: float
    rss: float
    pss: float
    uss: float

    def row(self, name: str) -> str:
        """A line of the table."""
        memory = f"{self.rss:6.1f} MB RSS ({self.peak:.1f} at most) {self.pss:6.1f} PSS {self.uss:6.1f} USS"
        return f"  {name:42} {self.cpu:8.3%} of a core {self.switches:7.2f} switches/s {memory}"


class Watch:
    """Looks at a process from now on."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._cpu, self._switches = cpu_seconds(pid), switches(pid)

    def figures(self, seconds: float) -> Figures:
        """After so many seconds."""
        cpu, switched = cpu_seconds(self._pid) - self._cpu, switches(self._pid) - self._switches
        return Figures(cpu / seconds, switched / seconds, peak_memory(self._pid), *held(self._pid))


def switches(pid: int) -> int:
    """Context switches of all threads that it has, wanted or not."""
    lines = [line for task in Path(f"/proc/{pid}/task").glob("*/status") for line in task.read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)


def held(pid: int) -> tuple[float, float, float]:
    """RSS, PSS and USS in MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kb = {name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines)}
    return kb["Rss"] / 1024, kb["Pss"] / 1024, (kb["Private_Clean"] + kb["Private_Dirty"]) / 1024


def median(rounds: Iterable[Figures]) -> Figures:
    """The median of each figure."""
    return Figures(*map(statistics.median, zip(*map(astuple, rounds), strict=True)))
