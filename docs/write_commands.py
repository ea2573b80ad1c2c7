"""Writes docs/commands.md from the commands' own help; a test holds the file to it.

Run: python docs/write_commands.py
"""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from phone_recorder.cli.main import COMMANDS, PROGRAM, cli

TARGET = Path(__file__).with_name("commands.md")
WIDTH = 100


def page() -> str:
    """The page, a section for each command."""
    sections = [f"## {name}\n\n```text\n{help_of(name)}```\n" for name in COMMANDS]
    return "# Commands\n\nAs `--help` prints them; written by `docs/write_commands.py`.\n\n" + "\n".join(sections)


def help_of(name: str) -> str:
    """What `--help` prints of a command."""
    result = CliRunner().invoke(cli, [name, "--help"], prog_name=PROGRAM, terminal_width=WIDTH)
    return "".join(line.rstrip() + "\n" for line in result.stdout.splitlines())


if __name__ == "__main__":
    TARGET.write_text(page())
