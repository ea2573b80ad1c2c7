"""Seeds: one of a run, and from it one for each case, which depends on nothing but the two."""

from __future__ import annotations

import secrets
import zlib

from phone_recorder.harness.scenario.case import Case

MOST = 1 << 32


def draw_seed() -> int:
    """A run's seed, where nobody has asked for one."""
    return secrets.randbelow(MOST)


def seed_of(case: Case, run_seed: int) -> int:
    """The seed that a case is played with: its own, or one of the run's and its name.

    Neither what else is played, nor in how many processes, changes it.
    """
    if case.seed is not None:
        return case.seed
    return zlib.crc32(f"{run_seed} {case.name}".encode())
