"""What a run tells, and what becomes of it where nobody can be told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal

PROGRAM = [sys.executable, "-m", "phone_recorder", "test", "--seed", "1"]
SCENARIO = """\
scenario: Nothing happens
matrix: {number: ["1", "2", "3", "4", "5", "6"]}
call: {length: 1 s, number: "${number}"}
expect: [{state: {key: idle}}]
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "a.scenario.yaml"
    path.write_text(SCENARIO)
    return path


@pytest.mark.parametrize("words", [["--json"], [], ["--quiet"]])
def test_a_full_disk_below_the_output_is_told(scenario: Path, words: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*PROGRAM, *words, scenario], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr == "phone-recorder: the output cannot be written: no space left on device\n"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_reader_who_has_enough_ends_the_run_and_its_reports_have_what_there_was(scenario: Path, jobs: str) -> None:
    """The case of a pipe whose other end is closed before the run begins."""
    report = scenario.with_name("report.xml")
    command = [*PROGRAM, "-j", jobs, "--junit", str(report), str(scenario)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout and process.stderr
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 1
    assert report.read_text().count("<testcase ") == 1


def test_without_standard_output_it_goes_on(scenario: Path) -> None:
    report = scenario.with_name("report.xml")
    words = [*PROGRAM, "--junit", str(report), str(scenario)]
    done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", *words], capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert report.read_text().count("<testcase ") == 6


def test_what_is_told_can_be_read_line_by_line(scenario: Path) -> None:
    done = subprocess.run([*PROGRAM, "--json", scenario], capture_output=True, text=True)
    assert [json.loads(line)["type"] for line in done.stdout.splitlines()] == ["result"] * 6 + ["summary"]


@pytest.mark.parametrize(
    ("name", "value", "colours"), [("TERM", "xterm", True), ("TERM", "dumb", False), ("NO_COLOR", "1", False)]
)
def test_a_terminal_has_colours_where_they_are_wanted(
    scenario: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, colours: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    terminal = Terminal(scenario.parent, "test", "--seed", "1", str(scenario))
    try:
        assert ("\x1b" in terminal.until("6 passed")) is colours
    finally:
        terminal.close()
