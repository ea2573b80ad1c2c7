"""What the tests of `call` share."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from phone_recorder.cli.main import cli

Document = dict[str, Any]


def call(*words: str | Path | float) -> Result:
    return CliRunner().invoke(cli, ["call", *map(str, words)])


def document(*words: str | Path | float, exit_code: int = 0) -> Document:
    """The one JSON document that a call prints, and nothing else."""
    result = call(*words, "--json")
    assert (result.exit_code, result.stderr) == (exit_code, "")
    found: Document = json.loads(result.stdout)
    return found


def audio(recording: Document) -> bytes:
    """The audio of all of a recording's files, each of which must be what it says of itself."""
    data = b""
    for part in recording["parts"]:
        file = Path(part["path"]).read_bytes()
        assert int.from_bytes(file[72:76], "little") == len(file) - 76 == part["bytes"] - 76
        data += file[76:]
    return data


def icons(found: Document) -> list[str]:
    """What the screen's icon was, one after the other."""
    return [screen["icon"] for screen in found["screen"]]


def most_common(data: bytes) -> int:
    [(byte, _)] = Counter(data).most_common(1)
    return byte
