"""The command at the end of a run, pasted into a shell: it plays the cases that failed, with their seeds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from phone_recorder.cli.main import cli

FAILS = "scenario: It fails\ntags: [tag, other]\ncall: {length: 1 s}\nexpect: [{at: 0 s, screen: {icon: recording}}]\n"
PASSES = FAILS.replace("recording", "idle")
MATRIX = FAILS.replace("{length: 1 s}", '{length: 1 s, codec: "${codec}"}\nmatrix: {codec: [PCMU, "PCMA"]}')
ODD = (
    FAILS.replace("length: 1 s", 'length: 1 s, name: "${name}"')
    + 'matrix: {name: [a b, "it\'s (2)", "$HOME", and, \'"\']}\n'
)
SAME = {"c/x": FAILS, "d/c/x": FAILS, "e/x": PASSES}
MANY = {f"case{number}": FAILS for number in range(7)}


def written(files: dict[str, str]) -> None:
    for name, text in files.items():
        path = Path(f"{name}.scenario.yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def played(text: str) -> list[tuple[str, int]]:
    """Name and seed of each result that did not pass."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    return [(one["name"], one["seed"]) for one in lines[:-1] if one["outcome"] != "passed"]


def in_a_shell(command: str, place: Path) -> tuple[list[tuple[str, int]], int]:
    """What did not pass, and how many cases there were; `phone-recorder` is this one, and tells JSON."""
    program = place / "bin" / "phone-recorder"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nshift\nexec {sys.executable} -m phone_recorder test --json "$@"\n')
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (1, "")
    return played(done.stdout), len(done.stdout.splitlines()) - 1


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"a": FAILS, "ab": FAILS, "b": PASSES}, []),
        ({"a": FAILS, "ab": PASSES, "tag": PASSES, "other": PASSES}, ["-k", "tag"]),
        ({"a b/it's [1]": FAILS, "c": PASSES}, ["a b", "c.scenario.yaml"]),
        ({"$(touch x)": FAILS, "`id`;": FAILS, "!!": FAILS, "*": FAILS, "z": PASSES}, []),
        ({"-x": FAILS, "y": PASSES}, []),
        ({"m": MATRIX, "n": PASSES}, []),
        ({"m": ODD, "n": PASSES}, []),
        (SAME, []),
        (SAME, ["d", "c", "e/x.scenario.yaml"]),
        ({"c/x": PASSES, "d/c/x": FAILS}, ["c", "d"]),
        ({"a": FAILS, "b": PASSES}, ["--repeat", "2"]),
        ({"a": FAILS, "b": PASSES}, ["--tag", "tag", "-k", "a or b"]),
        ({"n\nl/\x1b[31m": FAILS, "n\nl/b": PASSES}, ["n\nl"]),
        ({"aa/a": FAILS, "aa/ab": PASSES, "aa/ba": PASSES}, ["aa"]),
        (MANY, []),
        ({"a b": FAILS} | {f"a b/{name}": text for name, text in MANY.items()}, ["a b", "-k", "not case3"]),
        ({f"x/{name}": text for name, text in MANY.items()} | {"y/case1": FAILS}, ["--tag", "tag", "--repeat", "2"]),
    ],
)
def test_what_failed_is_played_again_and_nothing_else(
    files: dict[str, str], words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(files)
    run = ["test", "-j", "1", "--seed", "7", *words]
    told = CliRunner().invoke(cli, run).stdout.splitlines()[-1]
    failed = played(CliRunner().invoke(cli, [*run, "--json"]).stdout)
    again, cases = in_a_shell(told.removeprefix("to play it again: "), tmp_path)
    assert again == failed and cases == len(failed)
