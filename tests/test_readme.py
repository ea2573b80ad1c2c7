"""The README's transcripts are what its commands print, and its tables name what is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from phone_recorder.cli.main import COMMANDS, PROGRAM, cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()

NAME = re.compile(r"Record_\d{14}")


def transcripts() -> list[tuple[str, str]]:
    """Each command of ours in a console block, and what the README says that it prints."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    commands = [part.partition("\n") for block in blocks for part in block.split("$ ")[1:]]
    return [(command, output) for command, _, output in commands if command.startswith(PROGRAM)]


def test_there_are_transcripts() -> None:
    assert len(transcripts()) >= 4


@pytest.mark.parametrize(("command", "printed"), transcripts())
def test_a_transcript_is_what_the_command_prints(
    command: str, printed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, shlex.split(command)[1:])
    assert result.exit_code == 0
    assert NAME.sub("Record_", result.stdout) == NAME.sub("Record_", printed)


def test_every_command_has_its_row() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE)) >= set(COMMANDS)


def test_every_room_has_its_row() -> None:
    rooms = {path.name for path in (ROOT / "phone_recorder").iterdir() if (path / "__init__.py").exists()}
    assert set(re.findall(r"^\| \d \| `(\w+)/` \|", README, re.MULTILINE)) == rooms


def test_every_file_it_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links and all((ROOT / link).exists() for link in links)
