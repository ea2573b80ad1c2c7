"""What our recorder writes, cut at every byte, as a stick that was pulled out leaves it: looked at and mended.

tests/adapters/test_record_repair.py cuts files whose headers were true; here they are those of a recording that goes
on, and tell of nothing yet, or of the last second's end. The commands themselves are used, each once for all the cuts.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from phone_recorder.cli.main import cli
from phone_recorder.harness.call.request import CallRequest
from phone_recorder.harness.call.run import run_fast
from phone_recorder.settings.record import RecordSettings
from tests.system.conftest import Reliability

PACKETS, PACKET = 10, 80
SILENCE = {"PCMU": b"\xff", "PCMA": b"\xd5", "G722": b"\xfa"}
HEADER = 76


def recorded(directory: Path, codec: str) -> bytes:
    """0.1 s of a call, as the recorder has written it."""
    directory.mkdir()
    request = CallRequest(
        settings=RecordSettings(codec=codec, ptime_ms=10, reserve=0),
        call_codec=codec,
        usb=directory,
        duration_s=0.1,
        seed=1,
    )
    run_fast(request, directory)
    [path] = directory.iterdir()
    content = path.read_bytes()
    assert len(content) == HEADER + PACKETS * PACKET
    return content


def telling(content: bytes, packets: int) -> bytes:
    """The file with a header that tells of so many packets."""
    return content[:72] + (packets * PACKET).to_bytes(4, "little") + content[76:]


def documents(command: str, *words: str | Path, code: int) -> list[dict[str, Any]]:
    result = CliRunner().invoke(cli, [command, "--json", *map(str, words)])
    assert (result.exit_code, result.stderr) == (code, ""), result.exception
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize("told", [0, 4])
@pytest.mark.parametrize("codec", SILENCE)
def test_cut_at_every_byte_and_mended(tmp_path: Path, codec: str, told: int, reliability: Reliability) -> None:
    whole = recorded(tmp_path / "usb", codec)
    content = telling(whole, told)
    stick = tmp_path / "stick"
    stick.mkdir()
    cuts = [stick / f"Record_{cut:014}.wav" for cut in range(len(content))]
    for cut, path in enumerate(cuts):
        path.write_bytes(content[:cut])

    looked_at = documents("inspect", *cuts, code=0)
    assert [found["path"] for found in looked_at] == [str(path) for path in cuts]
    complete = [cut for cut, found in enumerate(looked_at) if found["complete"]]
    assert complete == [HEADER + told * PACKET]
    assert [found["packets"] for found in looked_at[HEADER:]] == [cut // PACKET for cut in range(PACKETS * PACKET)]

    # Of a file without a whole header nothing can be told: it is named as one that cannot be mended.
    results = [done["result"] for done in documents("repair", stick, code=1)]
    assert results == [expected(cut, complete) for cut in range(len(content))]
    once = [path.read_bytes() for path in cuts]
    for cut, after in enumerate(once):
        assert after == mended(whole[:cut], codec) if cut >= HEADER else after == content[:cut], cut
    assert [found["complete"] for found in documents("inspect", *cuts, code=0)] == [
        cut >= HEADER for cut in range(len(cuts))
    ]

    results = [done["result"] for done in documents("repair", stick, code=1)]
    assert results == ["cannot be mended"] * HEADER + ["good"] * (len(content) - HEADER)
    assert [path.read_bytes() for path in cuts] == once
    reliability("file cut at every byte, after repair", lost_s=0.0, runs=len(cuts))


def expected(cut: int, complete: list[int]) -> str:
    if cut < HEADER:
        return "cannot be mended"
    return "good" if cut in complete else "mended"


def mended(cut: bytes, codec: str) -> bytes:
    """The audio that there was, the last packet filled up with silence, a header that is true of it."""
    audio = cut[HEADER:]
    audio += SILENCE[codec] * (-len(audio) % PACKET)
    return telling(cut[:HEADER], len(audio) // PACKET) + audio
