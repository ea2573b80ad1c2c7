"""A file on a stranger's stick may be called anything: whatever is said of it is one line without steering."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from phone_recorder.cli.main import cli
from tests.record_bytes import record, speech

NASTY = "\x1b]0;owned\a\x1b[2J\nphone-recorder: all is well\n"
GOOD = record(speech(160))
DAMAGED = record(speech(160), data_size=99)


def nasty(directory: Path, kind: str) -> Path:
    """A directory of that name with a record file in it that is damaged, a pipe, or not there."""
    path = directory / NASTY / "Record_20240131120000.wav"
    path.parent.mkdir()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "damaged":
        path.write_bytes(DAMAGED)
    return path


@pytest.mark.parametrize("kind", ["damaged", "pipe", "missing"])
@pytest.mark.parametrize(
    "words",
    [
        ("inspect", "{path}"),
        ("export", "{path}", "-o", "{directory}/out.wav"),
        ("export", "{good}", "-o", "{path}/out.wav"),
        ("repair", "--dry-run", "{path}"),
        ("repair", "--dry-run", "{parent}"),
        ("play", "{path}"),
        ("call", "--fast", "--usb", "{directory}", "--near", "{path}", "--duration", "1"),
        ("call", "--fast", "--usb", "{path}", "--duration", "1"),
    ],
    ids=" ".join,
)
def test_no_name_steers_the_terminal(tmp_path: Path, words: tuple[str, ...], kind: str) -> None:
    path = nasty(tmp_path, kind)
    good = tmp_path / "good.wav"
    good.write_bytes(GOOD)
    places = {"path": path, "parent": path.parent, "directory": tmp_path, "good": good}
    result = CliRunner().invoke(cli, [word.format(**places) for word in words])
    printed = result.stdout + result.stderr
    assert not [character for character in printed if not (character.isprintable() or character == "\n")]
    assert "\nphone-recorder: all is well" not in printed
