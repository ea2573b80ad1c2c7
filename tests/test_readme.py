"""The README's transcripts are what its commands print, and its tables name what is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from phone_recorder.cli.main import COMMANDS, PROGRAM, cli
from tests.pages import put_files, run, transcript, without_times

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CHINESE = (ROOT / "README.zh.md").read_text("utf-8")

NAME = re.compile(r"Record_\d{14}")


def transcripts() -> list[tuple[str, str, str]]:
    """Each command of ours in a console block, with its page, and what that says that it prints."""
    told = [(page, command, output) for page in (README, CHINESE) for command, output in transcript(page)]
    return [
        (page, command, output)
        for page, command, output in told
        if command.startswith(PROGRAM) and not output.startswith("failed")
    ]


def test_there_are_transcripts() -> None:
    assert [page for page, _, _ in transcripts()].count(README) >= 4
    assert CHINESE in [page for page, _, _ in transcripts()]


@pytest.mark.parametrize(("page", "command", "printed"), transcripts(), ids=lambda text: text.partition("\n")[0])
def test_a_transcript_is_what_the_command_prints(
    page: str, command: str, printed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_files(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, shlex.split(command)[1:])
    assert result.exit_code == 0
    assert without_times(NAME.sub("Record_", result.stdout)) == without_times(NAME.sub("Record_", printed))


@pytest.mark.parametrize("page", [README, CHINESE], ids=["en", "zh"])
def test_a_scenario_that_fails_is_told_as_it_is(page: str, tmp_path: Path) -> None:
    put_files(page, tmp_path)
    told = list(transcript(page))
    [at] = [index for index, (command, _) in enumerate(told) if command.startswith("sed ")]
    (change, nothing), (command, printed) = told[at : at + 2]
    assert run(change, tmp_path) == nothing == ""
    assert printed.startswith("failed ") and "\n  pulled.scenario.yaml:" in printed
    assert without_times(run(command, tmp_path)) == without_times(printed)


def test_every_command_has_its_row() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE)) >= set(COMMANDS)


def test_every_room_has_its_row() -> None:
    rooms = {path.name for path in (ROOT / "phone_recorder").iterdir() if (path / "__init__.py").exists()}
    assert set(re.findall(r"^\| \d \| `(\w+)/` \|", README, re.MULTILINE)) == rooms


def test_every_file_it_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README + CHINESE)
    assert links and all((ROOT / link).exists() for link in links)
