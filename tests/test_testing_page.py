"""docs/testing.md: its transcripts are what is printed, its Python passes, its workflow files play scenarios."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from phone_recorder.cli.test_options import OPTIONS
from phone_recorder.harness.conformance.run import CASES, STORAGE
from phone_recorder.harness.in_python import pytest_plugin
from phone_recorder.harness.in_python.fixtures import Call, Phone, RecordServer, SipServer, UsbStick
from phone_recorder.harness.in_python.heard import Audio
from tests.pages import DOCS, ROOT, blocks, put_files, run, transcript, without_times

PAGE = (DOCS / "testing.md").read_text("utf-8")
PARTS = {"phone": Phone, "call": Call, "usb_stick": UsbStick, "record_server": RecordServer, "sip_server": SipServer}
WORKFLOWS = sorted((DOCS / "ci").glob("*.yml"))
UNTOLD: set[str] = set()
"""Options of which the page does not speak yet."""
REPORTS = {"report.xml", "report.html"}


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    put_files(PAGE, tmp_path)
    return tmp_path


def test_the_transcripts_are_what_is_printed(reader: Path) -> None:
    for command, printed in transcript(PAGE):
        assert without_times(run(command, reader)) == without_times(printed)


def test_every_option_has_its_row() -> None:
    switches = {switch for option in OPTIONS for switch in longest(option)}
    assert {switch for switch in switches if not re.search(rf"`[^`]*{switch}\b", PAGE)} <= UNTOLD


def longest(option: Any) -> list[str]:
    """The options that click makes of a decorator."""
    return [max(one.opts, key=len) for one in option(lambda: None).__click_params__]


def test_the_scenario_of_a_session_passes(reader: Path) -> None:
    [recorded] = [block.text for block in blocks(PAGE, "yaml") if block.text.startswith("# Recorded")]
    (reader / "recorded.scenario.yaml").write_text(recorded)
    assert "1 passed" in run("phone-recorder test recorded.scenario.yaml", reader)


def test_its_python_passes(reader: Path) -> None:
    assert re.search(r"^\d+ passed in ", run("pytest -q test_recording.py", reader), re.MULTILINE)


def test_what_is_heard_instead_is_the_reason_of_a_failure(reader: Path) -> None:
    path = reader / "test_recording.py"
    path.write_text(path.read_text().replace('contains("far", between=(1, 4))', 'only("far")'))
    [told] = blocks(PAGE, "text")
    assert told.text in run("pytest -q test_recording.py", reader)


def test_what_is_told_of_fixtures_is_there() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (`\S.*)$", PAGE, re.MULTILINE)
    assert {name for name, _ in rows} == set(PARTS)
    assert all(hasattr(pytest_plugin, name) for name in PARTS)
    for name, row in rows:
        steps = {"press", "hold", "rtp", "network", "do"} if name == "call" else set()
        for method in re.findall(r"(?<=`)\.(\w+)", row):
            assert hasattr(PARTS[name], method) or method in steps, method


def test_the_cases_of_a_server_are_counted() -> None:
    assert (
        f": {len(CASES)} cases," in PAGE and "Thirteen of them are about what is stored" in PAGE and len(STORAGE) == 13
    )


def test_every_question_about_audio_is_named() -> None:
    questions = {name for name in vars(Audio) if not name.startswith("_")}
    assert {name for name in questions if f"`{name}`" not in PAGE} == set()


@pytest.fixture
def repository(reader: Path) -> Path:
    """A user's, with the page's scenarios where the workflows look for them."""
    tests = reader / "tests"
    tests.mkdir()
    (reader / "calls").rename(tests / "scenarios")
    (reader / "fixtures").rename(tests / "fixtures")
    return reader


def commands(said: Any) -> Iterator[str]:
    """Whatever a workflow has a shell do."""
    if isinstance(said, dict):
        yield from (command for key in said for command in commands(said[key]))
    elif isinstance(said, list):
        yield from (command for one in said for command in commands(one))
    elif isinstance(said, str) and said.startswith(("phone-recorder ", "python -m pip install")):
        yield said


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_plays_scenarios_and_keeps_its_reports(path: Path, repository: Path) -> None:
    workflow = yaml.safe_load(path.read_text("utf-8"))
    install, play = commands(workflow)
    assert install == 'python -m pip install "$PHONE_RECORDER"'
    assert "3 passed" in run(play, repository)
    kept = {name for name in re.findall(r"[\w.]+", str(workflow)) if name.startswith("report.")}
    assert kept == REPORTS == {file.name for file in repository.glob("report.*")}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_fails_with_a_scenario_and_keeps_its_reports_then_too(path: Path, repository: Path) -> None:
    scenario = repository / "tests" / "scenarios" / "busy.scenario.yaml"
    scenario.write_text(scenario.read_text().replace("icon: failed", "icon: recording"))
    _, play = commands(yaml.safe_load(path.read_text("utf-8")))
    assert run(f"{play}; echo exit code $?", repository).endswith("exit code 1\n")
    assert {file.name for file in repository.glob("report.*")} == REPORTS


def test_both_workflows_are_named_and_there() -> None:
    assert [path.name for path in WORKFLOWS] == re.findall(r"\(ci/(\S+?)\)", PAGE)
    assert (ROOT / "docs" / "testing-report.png").exists()
