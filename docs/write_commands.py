"""Writes docs/commands.md from the commands' own help; a test holds the file to it.

Run: python docs/write_commands.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner

from phone_recorder.cli.main import COMMANDS, PROGRAM, cli

TARGET = Path(__file__).with_name("commands.md")
WIDTH = 100


def page() -> str:
    """The page, a section for each command."""
    sections = [f"## {' '.join(words)}\n\n```text\n{help_of(words)}```\n" for words in all_commands()]
    return "# Commands\n\nAs `--help` prints them; written by `docs/write_commands.py`.\n\n" + "\n".join(sections)


def all_commands() -> Iterator[list[str]]:
    """Each command's words, those below another after it."""
    context = click.Context(cli)
    for name in COMMANDS:
        yield from _with_those_below(cli.get_command(context, name), [name])


def _with_those_below(command: click.Command | None, words: list[str]) -> Iterator[list[str]]:
    yield words
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from _with_those_below(command.get_command(context, name), [*words, name])


def help_of(words: list[str]) -> str:
    """What `--help` prints of a command."""
    result = CliRunner().invoke(cli, [*words, "--help"], prog_name=PROGRAM, terminal_width=WIDTH)
    return "".join(line.rstrip() + "\n" for line in result.stdout.splitlines())


if __name__ == "__main__":
    TARGET.write_text(page())
