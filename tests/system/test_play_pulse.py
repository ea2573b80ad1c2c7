"""`play` and `export` as processes, and a sound server between the loudspeaker and us: both give the same samples."""

from __future__ import annotations

import os
import subprocess
import sys
import wave
from array import array
from pathlib import Path

import pytest

from phone_recorder.media.codecs import encoder
from phone_recorder.wire.payload import BY_NAME
from tests.peers import need
from tests.record_bytes import record
from tests.system.pulse import PATIENCE_S, captured, sound_server

ROOT = Path(__file__).parents[2]
SECONDS = 2


def phone_recorder(*args: str | Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "phone_recorder", *map(str, args)]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert (done.returncode, done.stderr) == (0, "")


def a_recording(codec: str, rate: int) -> bytes:
    """A sweep that rises all the time, so that a sample lost, doubled or moved shows; loud from first to last."""
    swept = array("h", (20000 if (i * i // 4000) % 2 else -20000 for i in range(SECONDS * rate)))
    return record(encoder(BY_NAME[codec], rate).encode(swept), codec.encode(), 160, 160)


@pytest.mark.peer
@pytest.mark.parametrize(("codec", "rate"), [("PCMU", 8000), ("G722", 16000)])
def test_what_is_heard_is_what_is_exported(tmp_path: Path, codec: str, rate: int) -> None:
    for program in ("pulseaudio", "parec"):
        need(program)
    recording, exported = tmp_path / "Record_20240131120000.wav", tmp_path / "exported.wav"
    recording.write_bytes(a_recording(codec, rate))
    phone_recorder("export", recording, "-o", exported, environment=dict(os.environ))
    with wave.open(str(exported)) as file:
        assert (file.getframerate(), file.getnframes()) == (rate, SECONDS * rate)
        samples = file.readframes(SECONDS * rate)
    with sound_server(tmp_path, rate) as environment, captured(tmp_path, environment, rate) as capture:
        phone_recorder("play", recording, environment=environment)
    assert capture.read_bytes().strip(b"\0") == samples.strip(b"\0")
