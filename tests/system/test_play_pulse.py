"""`play`, `export` and the phone's player, and a sound server between the loudspeaker and us: all the same samples."""

from __future__ import annotations

import os
import subprocess
import sys
import wave
from array import array
from functools import partial
from pathlib import Path

import pytest

from phone_recorder.adapters.record_reader import open_record
from phone_recorder.media import g711
from phone_recorder.media.codecs import encoder
from phone_recorder.wire.payload import BY_NAME, PCMU
from tests.peers import need
from tests.record_bytes import record
from tests.system.pulse import PATIENCE_S, captured, sound_server

ROOT = Path(__file__).parents[2]
SECONDS = 2
PACKET = 320
"""Bytes of its samples."""
PAUSE_S, SEEK_S = ("0.5", "0.3"), ("0.9", "1.5")
"""A pause at, and for so long; a seek at, and to."""


def phone_recorder(*args: str | Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "phone_recorder", *map(str, args)]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert (done.returncode, done.stderr) == (0, "")


def phones_player(*args: str | Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "tests.system.record_player", *map(str, args)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


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
    with sound_server(tmp_path, rate) as environment:
        for player in (partial(phone_recorder, "play"), phones_player):
            with captured(tmp_path, environment, rate) as capture:
                player(recording, environment=environment)
            assert capture.read_bytes().strip(b"\0") == samples.strip(b"\0")
            capture.unlink()


@pytest.mark.peer
def test_a_pause_and_a_seek_change_no_sample_of_what_is_heard(tmp_path: Path) -> None:
    """From 0 to somewhere, silence, from there to about 1 s, and from 1.5 s to the end."""
    for program in ("pulseaudio", "parec"):
        need(program)
    recording = tmp_path / "Record_20240131120000.wav"
    recording.write_bytes(a_recording("PCMU", 8000))
    with open_record(recording) as record_file:
        samples = b"".join(g711.decode(PCMU, payload).tobytes() for payload in record_file.payloads())
    with sound_server(tmp_path, 8000) as environment, captured(tmp_path, environment, 8000) as capture:
        phones_player(recording, *PAUSE_S, *SEEK_S, environment=environment)
    before, silence, after = in_three(capture.read_bytes().strip(b"\0"))
    assert len(before) >= float(PAUSE_S[0]) * 2 * 8000
    assert len(silence) >= float(PAUSE_S[1]) * 2 * 8000
    assert len(silence) % PACKET == len(before) % PACKET == 0
    heard, left = before + after, samples[round(float(SEEK_S[1]) * 2 * 8000) :]
    at = len(heard) - len(left)
    assert at % PACKET == 0 and at >= float(SEEK_S[0]) * 2 * 8000
    assert heard == samples[:at] + left


def in_three(heard: bytes) -> tuple[bytes, bytes, bytes]:
    """What is before, in and after the longest silence: the recording itself has none of a whole packet."""
    before, _, rest = heard.partition(bytes(PACKET))
    sounds = rest.lstrip(b"\0")
    return before, heard[len(before) : len(heard) - len(sounds)], sounds
