"""The regression harness: the whole catalogue, one long scenario, and what a scenario costs besides its call."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.bench.harness_scenarios import CATALOGUE, ROTATION, ROTATION_S, tiny_scenarios
from tests.bench.measure import Cost, in_turn

OURS = [sys.executable, "-m", "phone_recorder"]
TEST = [*OURS, "test", "--seed", "1", "--quiet"]
MANY = 100


def harness(directory: Path) -> None:
    """Three parts; none asserts a figure. That all passed is asserted: what fails is not what was timed."""
    catalogue(directory)
    print()
    rotation(directory)
    print()
    overhead(directory)


def catalogue(directory: Path) -> None:
    """With two processes, whatever the machine has."""
    listed = subprocess.run([*OURS, "test", "--list", str(CATALOGUE)], check=True, capture_output=True, text=True)
    cases = len(listed.stdout.splitlines())
    print(f"the whole catalogue, {cases} cases, -j 2 (target: 60 s on two cores)")
    one, two = in_turn([[*TEST, "-j", jobs, str(CATALOGUE)] for jobs in "12"], directory)
    row("test -j 2 tests/scenarios", two)
    row("test -j 1 tests/scenarios", one)


def rotation(directory: Path) -> None:
    """Beside it the same call by `call --fast`, whose files nobody looks at. The parts are one process' own account."""
    print(f"a call of {ROTATION_S} s whose recording goes on in a second file (target: 1.5 s)")
    stick = directory / "rotation"
    stick.mkdir()
    call = [*OURS, "call", "--fast", "--duration", str(ROTATION_S), "--usb", str(stick)]
    test, fast = in_turn([[*TEST, "-j", "1", str(ROTATION)], call], directory, 5)
    row(f"test {ROTATION.name.partition('.')[0]}", test)
    row(f"call --fast --duration {ROTATION_S}", fast)
    for name, seconds in parts().items():
        if name != "core":
            print(f"  {name:42} {seconds:8.3f} s")


def overhead(directory: Path) -> None:
    """(many - one) / (many - 1) is free of what starting the program takes once."""
    print(f"a scenario of its own, of {MANY} (target: 50 ms besides its call)")
    small, large = (tiny_scenarios(directory / f"tiny-{count}", count) for count in (1, MANY))
    one, many = in_turn([[*TEST, "-j", "1", str(place)] for place in (small, large)], directory, 5)
    row(f"test of {MANY} scenarios, a file each", many)
    row("test of one", one)
    core, each = parts()["core"], (many.wall - one.wall) / (MANY - 1)
    print(f"  {'each, and its call of 2 s alone':42} {each * 1e3:8.1f} ms {core * 1e3:8.1f} ms")
    print(f"  {'each besides its call':42} {(each - core) * 1e3:8.1f} ms")
    print(f"  {'once a run, Python and all imports':42} {(one.wall - each) * 1e3:8.1f} ms")


def parts() -> dict[str, float]:
    """Seconds of one process, by name."""
    command = [sys.executable, "-m", "tests.bench.harness_parts", str(ROTATION)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def row(name: str, spent: Cost) -> None:
    print(f"  {name:42} {spent.wall:8.3f} s wall {spent.cpu:8.3f} s CPU {spent.memory:7.1f} MB")
