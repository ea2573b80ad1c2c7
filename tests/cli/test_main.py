from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from phone_recorder import __version__
from phone_recorder.cli.main import COMMANDS, cli

PROGRAM = "phone-recorder"
BUILT = [
    name
    for name in COMMANDS
    if importlib.util.find_spec(f"phone_recorder.cli.{'import_' if name == 'import' else name}") is not None
]
HEAVY = ("asyncio", "psutil", "pyudev", "sounddevice", "G722", "socket", "ssl", "http", "sqlite3", "json", "numpy")

LIST_MODULES = """
import sys
import click

@click.group()
def cli() -> None:
    "As much click as any help needs."

{import_ours}
try:
    cli(["--help"])
except SystemExit:
    pass
print(*sorted(name for name in sys.modules), file=sys.stderr)
"""


def modules_after_help(import_ours: str) -> set[str]:
    """What a fresh process has loaded when it has shown the help of `cli`."""
    script = LIST_MODULES.format(import_ours=import_ours)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_the_commands_that_are_tested_here_are_there() -> None:
    assert {"inspect", "repair", "play", "models"} <= set(BUILT)


def test_help_lists_every_command_with_its_line() -> None:
    result = CliRunner().invoke(cli, ["--help"])
    assert result.exit_code == 0
    lines = {" ".join(line.split()) for line in result.stdout.splitlines()}
    assert {f"{name} {line}" for name, line in COMMANDS.items()} <= lines


def test_help_loads_click_and_nothing_heavy() -> None:
    click_alone = modules_after_help("")
    ours = modules_after_help("from phone_recorder.cli.main import cli") - click_alone
    rooms = ("", ".cli", ".cli.lazy_commands", ".cli.main", ".errors")
    assert ours == {f"phone_recorder{room}" for room in rooms}
    assert not click_alone & set(HEAVY)


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "phone_recorder", "--help"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: {PROGRAM} [OPTIONS] COMMAND")


def test_version() -> None:
    assert CliRunner().invoke(cli, ["--version"]).stdout == f"{PROGRAM}, version {__version__}\n"


@pytest.mark.parametrize("name", BUILT)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_the_help_of_a_command_has_an_example(name: str, option: str) -> None:
    result = CliRunner().invoke(cli, [name, option], prog_name=PROGRAM)
    assert result.exit_code == 0
    usage, _, text = result.stdout.partition("\n")
    assert usage.startswith(f"Usage: {PROGRAM} {name} ")
    assert f"{PROGRAM} {name}" in text


@pytest.mark.parametrize("name", BUILT)
def test_an_unknown_option_is_one_line_and_2(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--no-such-option"], prog_name=PROGRAM)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    [error] = result.stderr.splitlines()
    assert "--no-such-option" in error and f"`{PROGRAM} {name} --help`" in error


def test_an_unknown_command_is_one_line_and_2() -> None:
    result = CliRunner().invoke(cli, ["records"], prog_name=PROGRAM)
    assert result.exit_code == 2
    [error] = result.stderr.splitlines()
    assert "'records'" in error


def test_an_error_of_ours_is_one_line_and_2() -> None:
    result = CliRunner().invoke(cli, ["play", "no/such/file.wav"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "phone-recorder: cannot read no/such/file.wav: there is no such file\n"


def test_a_reader_that_has_seen_enough_ends_it_quietly() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "phone_recorder", "models"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout and process.stderr
    process.stdout.close()
    stderr = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), stderr) == (1, b"")


def test_json_that_is_printed_is_all_that_is_printed() -> None:
    result = CliRunner().invoke(cli, ["models", "--json"])
    assert json.loads(result.output)
