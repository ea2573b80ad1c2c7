"""Secrets on the command line: in files and on standard input, never among the arguments, where others can see them."""

from __future__ import annotations

import sys
from pathlib import Path

from phone_recorder.errors import UsageError

_STDIN = "-"
_MAX_SIZE = 4096


def read_secret(path: Path) -> str:
    """The one line in a file, or on standard input for `-`; UsageError if it has none, or more."""
    from phone_recorder.adapters.files import open_for_reading

    if str(path) == _STDIN:
        return _line(sys.stdin.buffer.read(_MAX_SIZE + 1) if sys.stdin else b"", "standard input")
    with open_for_reading(path) as file:
        return _line(file.read(_MAX_SIZE + 1), str(path))


def _line(data: bytes, where: str) -> str:
    try:
        [line] = data.decode().splitlines() if len(data) <= _MAX_SIZE else []
    except ValueError as error:  # of the encoding too
        raise UsageError(f"{where} must hold the secret alone, as one line of UTF-8 text") from error
    return line
