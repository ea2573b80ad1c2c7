"""Each deliberate fault of the recorder makes some scenario of the catalogue fail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import phone_recorder
from tests.mutants import of_files, of_time, of_words
from tests.mutants.fault import Fault

FAULTS = (*of_time.FAULTS, *of_files.FAULTS, *of_words.FAULTS)
PACKAGE = Path(phone_recorder.__file__).parent
CATALOGUE = Path(__file__).parents[1] / "scenarios"
PATIENCE_S = 300
FAILED = 1


def played(place: Path, fault: Fault) -> subprocess.CompletedProcess[str]:
    """The scenarios that are to notice it, played by a package that has it."""
    fault.made(PACKAGE, place / "phone_recorder")
    words = [
        sys.executable,
        "-m",
        "phone_recorder",
        "test",
        str(CATALOGUE),
        "-k",
        fault.seen_by,
        "-x",
        "-j",
        "1",
        "--seed",
        "1",
    ]
    environment = {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(words, cwd=place, env=environment, capture_output=True, text=True, timeout=PATIENCE_S)


def test_there_are_enough_of_them() -> None:
    assert len(FAULTS) >= 30
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_scenario_fails(fault: Fault, tmp_path: Path) -> None:
    done = played(tmp_path, fault)
    assert done.returncode == FAILED, done.stdout + done.stderr
    assert "failed" in done.stdout
