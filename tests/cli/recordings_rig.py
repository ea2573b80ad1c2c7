"""What the tests of `recordings` share: a server that says what a test has written down, and the command."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from phone_recorder.cli.main import cli
from tests.adapters.scripted_web import answer

FIRST, SECOND, THIRD = "Record_20240131120000", "Record_20240131120000-2", "Record_20240201080000"
ENTRY = {
    "name": FIRST,
    "id": "00ff",
    "device": "001fc1203040",
    "direction": "in",
    "local_number": "100",
    "local_name": "Lee",
    "remote_number": "200",
    "remote_name": "王小明",
    "codec": "PCMU",
    "started_at": 1706702400.0,
    "duration_s": 3725.4,
    "size": 16076,
    "state": "recorded",
    "reason": "",
    "received": 50,
    "lost": 1,
    "late": 0,
    "duplicate": 0,
    "bad": 0,
    "foreign": 0,
    "gaps_s": 0.02,
}
ORDER = "sort=started_at&descending=false&per_page=500"
LIST = f"GET /api/v1/recordings?{ORDER}&page=1"
GONE = b"HTTP/1.1 204 No Content\r\n\r\n"
WAV = b"RIFF" + bytes(40) + bytes(range(256))
HOSTILE = "\x1b]0;owned\x07\x1b[2J\r\nRecord_1 \u202egnp\x9b31m" + "x" * 300


def run(*words: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(cli, ["recordings", *map(str, words)], env=environment)


def page(*entries: dict[str, object], number: int = 1, pages: int = 1, total: int = 0) -> bytes:
    return answer(json.dumps({"entries": entries, "total": total, "page": number, "pages": pages}))


def entry(name: str, **changes: object) -> dict[str, object]:
    return ENTRY | {"name": name} | changes


def wav(name: str) -> str:
    return f"GET /api/v1/recordings/{name}/audio.wav"


def error(result: Result) -> str:
    """The one line that an error is."""
    assert result.exit_code == 2
    [line] = result.stderr.splitlines()
    assert line.isprintable()
    return line.removeprefix("phone-recorder: ")
