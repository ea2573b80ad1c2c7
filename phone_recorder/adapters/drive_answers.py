"""What a mounted drive tells of itself, asked so that one that hangs holds up nobody.

A process asks, not a thread: what the kernel holds in a call cannot be ended, and we could not end with such a thread.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

ANSWER_S = 1.0
"""How long a drive is waited for when it is asked; one that has not answered is not asked again until it has."""

_QUESTION = """
stat -f -c '%a %S' -- "$1" || exit
test -d "$1" || exit
echo directory
folder=$1/$2
until test -e "$folder" || test "$folder" = "$1"; do folder=${folder%/*}; done
test -w "$folder" && test -x "$folder" && echo permitted
"""
"""For a shell, `$1` being the mount and `$2` the folder."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`free` bytes for us, None where that could not be told; `permitted`: this user may write to the folder.

    `directory`: a directory is mounted there, and not a file.
    """

    free: int | None
    permitted: bool = True
    directory: bool = True


HANGS = Answer(None)
"""What does not answer; so does a drive that gives errors."""

_Process = subprocess.Popen[bytes]
_asked: dict[tuple[Path, int], _Process] = {}


def ask(mount: Path, number: int, folder: str = "") -> Answer:
    """What is mounted there, of this device number, tells; HANGS if it does not answer."""
    key = mount, number
    if (asked := _asked.get(key)) and asked.poll() is None:
        return HANGS
    process = _asked[key] = asked or _begin(mount, folder.strip("/"))
    try:
        output, errors = process.communicate(timeout=ANSWER_S)
    except subprocess.TimeoutExpired:
        return HANGS
    del _asked[key]
    return _answer(output.decode().split(), errors)


def _begin(mount: Path, folder: str) -> _Process:
    return subprocess.Popen(
        ["sh", "-c", _QUESTION, "sh", str(mount), folder],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C"},
        cwd="/",
        start_new_session=True,  # Ctrl-C is for us
    )


def _answer(words: list[str], errors: bytes) -> Answer:
    if len(words) < 2:
        if b"Permission denied" in errors:
            return Answer(None, permitted=False)
        return Answer(None, directory=b"No such file" not in errors)
    return Answer(int(words[0]) * int(words[1]), "permitted" in words, "directory" in words)
