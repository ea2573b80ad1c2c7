"""`python -m tests.soak`: whether an agent that records for long holds its memory, and keeps all. Exits 1 if not."""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.soak.findings import lines
from tests.soak.run import Plan, soak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    plan = replace(Plan(), seconds=asked.minutes * 60, seed=asked.seed)
    print(f"{asked.minutes:g} minutes of both legs, {plan.loss:.0%} lost, clocks {plan.ppm} ppm fast, seed {plan.seed}")
    with tempfile.TemporaryDirectory() as home:
        findings = soak(plan, Path(home))
    for line in lines(findings):
        print(f"  {line}")
    if problems := list(findings.problems()):
        sys.exit("\n".join(problems))
    print("  all as it should be")


if __name__ == "__main__":
    main()
