"""docs/from-sipp-and-volts.md: what stands on our side of its tables is of the language, and its scenarios pass."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from phone_recorder.harness.judging.judge import judge
from phone_recorder.harness.playing.virtual import play
from phone_recorder.harness.scenario.reading import read_cases
from tests.pages import DOCS, Block, blocks, put_files

PAGE = (DOCS / "from-sipp-and-volts.md").read_text("utf-8")
SCENARIOS = blocks(PAGE, "yaml")
CELLS = [line.split(" | ")[1] for line in PAGE.splitlines() if line.startswith("| `")]
CODE = [code for cell in CELLS for code in re.findall("`([^`]+)`", cell)]
EXPECTED = [code for code in CODE if re.match(r"(?:files|audio|sip): [\[{]", code)]
AT_THE_TOP = [code for code in CODE if re.match(r"(?:sip server|network|variables|tags): ", code)]


def read(text: str, place: Path) -> None:
    path = place / "one.scenario.yaml"
    path.write_text(f"scenario: One\n{text}\n", "utf-8")
    read_cases(path)


@pytest.mark.parametrize("block", SCENARIOS, ids=lambda block: block.name)
def test_a_scenario_passes(block: Block, tmp_path: Path) -> None:
    put_files(PAGE, tmp_path)
    [case] = read_cases(tmp_path / block.name)
    place = tmp_path / "case"
    place.mkdir()
    assert judge(case, play(case, 1, place)) == ()


@pytest.mark.parametrize("code", EXPECTED)
def test_an_expectation_of_its_tables_can_be_read(code: str, tmp_path: Path) -> None:
    read(f"expect:\n  - {code}", tmp_path)


@pytest.mark.parametrize("code", AT_THE_TOP)
def test_a_key_of_its_tables_can_be_read(code: str, tmp_path: Path) -> None:
    read(code, tmp_path)


@pytest.mark.parametrize("code", [code for code in CODE if re.match("(?:rtp|call): [a-z]", code)])
def test_a_step_of_its_tables_can_be_read(code: str, tmp_path: Path) -> None:
    read(f"steps:\n  - {{at: 1 s, {code}}}", tmp_path)


def test_there_is_something_of_each_kind() -> None:
    assert len(EXPECTED) >= 8 and len(AT_THE_TOP) >= 3
