"""`play` as a process of its own, with a sound library that the test holds the other end of."""

from __future__ import annotations

import os
import subprocess
import sys
from array import array
from pathlib import Path

import pytest

from phone_recorder.cli.play import clock
from phone_recorder.media.time_stretch import TimeStretch
from tests.cli.sound import EDGE, PATIENCE_S, RECORD, SPEECH, Sound, decoded
from tests.record_bytes import record, rtp, speech


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "Record_20240131120000.wav"
    path.write_bytes(RECORD)
    return path


def play(*args: str | Path, **env: str) -> tuple[int, int, list[bytes], str, str]:
    """Exit code, rate, what was written to the device, stdout and stderr of a process without a terminal."""
    with Sound() as sound:
        process = subprocess.Popen(
            [sys.executable, "-m", "phone_recorder", "play", *map(str, args)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **sound.env, **env},
            pass_fds=[sound.write_end],
        )
        sound.started()
        rate, writes = sound.rate(), list(sound.writes())
        out, err = process.communicate(timeout=PATIENCE_S)
        return process.returncode, rate, writes, out, err


def test_without_a_terminal_it_plays_to_the_end(file: Path) -> None:
    code, rate, writes, out, err = play(file)
    assert (code, rate, out, err) == (0, 8000, "00:20 / 00:20\n", "")
    assert writes[0] == writes[-1] == EDGE
    assert b"".join(writes[1:-1]) == decoded(SPEECH)


def test_it_starts_where_it_is_told_to(file: Path) -> None:
    _, _, writes, _, _ = play("--from", "19.5", file)
    assert b"".join(writes[1:-1]) == decoded(SPEECH[-4000:])


@pytest.mark.parametrize("start", ["-1", "20.5", "nan", "inf"])
def test_a_start_that_is_not_in_the_recording_is_refused(file: Path, start: str) -> None:
    code, _, writes, out, err = play(file, "--from", start)
    assert (code, writes, out) == (2, [], "")
    assert err == f"phone-recorder: --from {start} is not within the recording, which lasts 20 s\n"


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.5, 2.0])
def test_at_another_speed_it_takes_so_much_less_or_more_time_and_says_so(file: Path, speed: float) -> None:
    code, rate, writes, out, err = play("--speed", str(speed), file)
    assert (code, rate, out, err) == (0, 8000, f"00:20 / 00:20 x{speed:g}\n", "")
    stretch = TimeStretch(8000, speed)
    samples = stretch.feed(array("h", decoded(SPEECH))) + stretch.rest()
    assert b"".join(writes[1:-1]) == samples.tobytes()
    assert len(samples) == pytest.approx(20 * 8000 / speed, rel=0.01)


@pytest.mark.parametrize("speed", ["0.49", "2.1", "-1", "nan", "inf"])
def test_a_speed_that_cannot_be_is_refused(file: Path, speed: str) -> None:
    code, _, writes, out, err = play(file, "--speed", speed)
    assert (code, writes, out) == (2, [], "")
    assert err == f"phone-recorder: --speed {speed} is not from 0.5 to 2\n"


def test_a_damaged_file_is_played_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    path.write_bytes(record(SPEECH[:1000], b"PCMU", 160, 160, 0))
    code, _, writes, out, err = play(path)
    assert (code, out) == (0, "00:00 / 00:00\n")
    assert b"".join(writes[1:-1]) == decoded(SPEECH[:1000])
    assert err == (
        f"phone-recorder: {path} is damaged, what is there is played: "
        "dataSize is 0, but 1000 bytes follow the header; the last block has 40 of 160 bytes\n"
    )


def test_a_file_of_rtp_packets_is_played_without_their_headers(tmp_path: Path) -> None:
    path = tmp_path / "rtp.wav"
    path.write_bytes(record(b"".join(rtp(i, speech(160)) for i in range(50)), b"PCMU", 172, 160))
    _, _, writes, out, _ = play(path)
    assert out == "00:01 / 00:01\n"
    assert b"".join(writes[1:-1]) == decoded(speech(160)) * 50


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (record(b"", b"OPUS"), "cannot play {}: the codec 'OPUS' is none of PCMU, PCMA, G722"),
        (b"short", "cannot play {}: the file has 5 bytes, fewer than its header of 76"),
        (b"RIFF" + bytes(90), "cannot play {}: it is a RIFF WAV, not a record file: `phone-recorder import`"),
        (None, "cannot read {}: there is no such file"),
    ],
)
def test_what_cannot_be_played_is_one_sentence(tmp_path: Path, content: bytes | None, why: str) -> None:
    path = tmp_path / "f.wav"
    if content is not None:
        path.write_bytes(content)
    code, _, writes, out, err = play(path)
    assert (code, writes, out) == (2, [], "")
    assert err.startswith("phone-recorder: " + why.format(path))
    assert err.count("\n") == 1


def test_without_portaudio_it_says_what_to_install(file: Path) -> None:
    code, _, _, _, err = play(file, FAKE_SOUND_MISSING="1")
    assert code == 2
    assert err == (
        "phone-recorder: cannot play without the PortAudio library: for example, apt install libportaudio2\n"
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "00:00"), (3.99, "00:03"), (59.99, "00:59"), (754, "12:34"), (3600, "1:00:00"), (36061, "10:01:01")],
)
def test_the_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text
