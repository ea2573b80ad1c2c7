"""What stands in the pages of docs/: files that they name, and transcripts that are run as a reader would run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"# (\S+\.(?:yaml|py|toml))\n")
_TOOK = re.compile(r"\(\d+\.\d\d s\)|(?<= in )\d+\.\d\d ?s\b|\d+\.\d\ds")
PROGRAMS = {
    "phone-recorder": "phone_recorder",
    "pytest": "pytest -p phone_recorder.harness.in_python.pytest_plugin -p no:cacheprovider",
}
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "80"}
"""Whether the plugin is installed as an entry point is another matter."""
PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between two fences; `name` is the file's that it is, where its first line says one."""

    language: str
    text: str
    name: str = ""


def blocks(page: str, language: str) -> list[Block]:
    """Those of a language, in their order."""
    found = [(match[1], match[2]) for match in _BLOCK.finditer(page)]
    return [Block(kind, text, _name(text)) for kind, text in found if kind == language]


def _name(text: str) -> str:
    match = _NAME.match(text)
    return match[1] if match else ""


def put_files(page: str, place: Path) -> None:
    """The files that a page names, in a directory that has our fixtures too."""
    (place / "fixtures").symlink_to(ROOT / "fixtures")
    for block in (*blocks(page, "yaml"), *blocks(page, "python")):
        if block.name:
            (place / block.name).parent.mkdir(exist_ok=True)
            (place / block.name).write_text(block.text, "utf-8")


def transcript(page: str) -> Iterator[tuple[str, str]]:
    """Each command of the page's console blocks, and what it prints."""
    for block in blocks(page, "console"):
        for part in block.text.split("$ ")[1:]:
            command, _, printed = part.partition("\n")
            yield command, printed


def run(command: str, place: Path) -> str:
    """What a shell prints of a command there, on both its outputs."""
    programs = place / ".programs"
    programs.mkdir(exist_ok=True)
    for name, words in PROGRAMS.items():
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {words} "$@"\n')
        (programs / name).chmod(0o755)
    environment = {**os.environ, **ENVIRONMENT, "PATH": f"{programs}:{os.environ['PATH']}"}
    return subprocess.run(
        ["sh", "-c", command],
        cwd=place,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE_S,
    ).stdout


def without_times(text: str) -> str:
    """What is printed, but for how long it really took."""
    return _TOOK.sub("TIME", text)
