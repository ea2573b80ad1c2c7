from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as runs
from hypothesis import strategies as st

from phone_recorder.errors import UsageError
from phone_recorder.harness.scenario.reading import read_cases
from tests.harness.scenario.everything import EVERYTHING, written


def test_a_scenario_with_something_of_everything_is_four_cases(tmp_path: Path) -> None:
    cases = read_cases(written(tmp_path, EVERYTHING, "full.scenario.yaml"))
    assert [case.name for case in cases] == ["full[PCMU,BX5S]", "full[PCMU,BX6]", "full[PCMA,BX5S]", "full[PCMA,BX6]"]
    assert [case.settings.model for case in cases] == ["BX5S", "BX6", "BX5S", "BX6"]
    assert [case.settings.record.codec for case in cases] == ["PCMU", "PCMU", "PCMA", "PCMA"]
    assert {(len(case.steps), len(case.expected)) for case in cases} == {(12, 19)}


def test_the_same_file_is_read_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, EVERYTHING)
    assert read_cases(path) == read_cases(path)


@runs(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(EVERYTHING)), st.integers(0, 30), st.text("aZ09 :,-[]{}'\"#&*!|>%@`$/\\\n\té±\0", max_size=6))
def test_whatever_is_done_to_a_file_is_told_as_a_users_error(tmp_path: Path, at: int, cut: int, put: str) -> None:
    path = written(tmp_path, EVERYTHING[:at] + put + EVERYTHING[at + cut :])
    try:
        assert read_cases(path)
    except UsageError as error:
        assert str(error).startswith(f"{path}:") and "\n" not in str(error)


@pytest.mark.parametrize("module", ["numpy", "jinja2", "aiosipua"])
def test_reading_loads_nothing_heavy(module: str) -> None:
    program = f"import sys, phone_recorder.harness.scenario.reading\nprint({module!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
