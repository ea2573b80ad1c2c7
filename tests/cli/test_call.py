"""`call`: every option, what it prints, and what it writes; under the virtual clock where nothing else is said."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from phone_recorder.models import MODELS
from tests.cli.call import audio, call, document, icons, most_common
from tests.record_bytes import record, speech
from tests.signals import sine, wav, write

SPEECH = speech(160 * 20).replace(b"\x7f", b"\x7e")
"""Without the second code of 0, which a mix turns into the first."""


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    path = tmp_path / "stick"
    path.mkdir()
    return path


def test_the_default_call_is_10_s_and_recorded_to_usb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = document("--fast")
    [recording] = found["recordings"]
    assert (found["model"], found["mode"], found["duration_s"]) == ("BX5S", "local", 10.0)
    assert (recording["state"], recording["duration_s"], recording["codec"]) == ("recorded", 10.0, "PCMU")
    assert [path.parent for path in tmp_path.glob("*/*")] == [tmp_path / "usb"]
    assert len(audio(recording)) == 80_000


def test_json_has_all_that_the_issue_names(stick: Path) -> None:
    found = document("--fast", "--usb", stick, "--duration", 1, "--keys", "0 record, 0.4 pause, 0.8 resume")
    [recording] = found["recordings"]
    assert {"id", "mode", "state", "reason", "parts", "paused_s", "gaps", "streams"} <= recording.keys()
    assert [set(part) for part in recording["parts"]] == [{"path", "bytes", "packets", "duration_s"}]
    assert {stream["name"] for stream in recording["streams"]} == {"near", "far", "mixed"}
    assert all({"received", "lost", "late", "duplicate", "bad"} <= stream.keys() for stream in recording["streams"])
    assert all(set(screen) == {"t", "icon", "timer", "prompt", "lamp", "left"} for screen in found["screen"])
    assert recording["paused_s"] == 0.4
    assert icons(found) == ["idle", "recording", "paused", "recording", "idle"]


def test_for_people_each_recording_its_files_and_streams(stick: Path) -> None:
    result = call("--fast", "--usb", stick, "--duration", 1, "--keys", "0 record, 0.2 pause, 0.6 resume")
    assert (result.exit_code, result.stderr) == (0, "")
    [path] = stick.iterdir()
    lines = result.stdout.splitlines()
    assert lines[:2] == [
        "recording 1: recorded (call ended), 0.60 s, 0.40 s paused, PCMU",
        f"  {path}  4876 bytes, 0.60 s",
    ]
    assert "  near  received 50, lost 0, late 0, duplicate 0, bad 0" in lines


def test_no_key_that_records_is_told_and_1(stick: Path) -> None:
    result = call("--fast", "--usb", stick, "--duration", 1, "--keys", "")
    assert (result.exit_code, list(stick.iterdir())) == (1, [])
    assert "nothing was recorded" in result.stdout


@pytest.mark.parametrize("codec", ["PCMU", "PCMA", "G722", "g722"])
@pytest.mark.parametrize("call_codec", ["PCMU", "pcma", "G722"])
def test_codec_and_call_codec(stick: Path, codec: str, call_codec: str) -> None:
    words = ("--codec", codec, "--call-codec", call_codec, "--duration", 0.5)
    [recording] = document("--fast", "--usb", stick, *words)["recordings"]
    assert recording["codec"] == codec.upper()
    assert len(audio(recording)) == 4000
    [path] = stick.iterdir()
    assert path.read_bytes()[:6].rstrip(b"\0").decode() == codec.upper()


@pytest.mark.parametrize("ptime", [10, 20, 30, 40, 60])
def test_ptime(stick: Path, ptime: int) -> None:
    [recording] = document("--fast", "--usb", stick, "--ptime", ptime, "--duration", 1.2)["recordings"]
    [path] = stick.iterdir()
    head = path.read_bytes()[64:72]
    assert int.from_bytes(head[:4], "little") == int.from_bytes(head[4:], "little") == 8 * ptime
    assert recording["parts"][0]["packets"] == 1200 // ptime


def test_size_limit_cuts_into_parts_that_are_the_stream_when_joined(stick: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    words = ("--fast", "--seed", 1, "--duration", 2)
    [whole] = document(*words, "--usb", other, "--size-limit", 0)["recordings"]
    [parts] = document(*words, "--usb", stick, "--size-limit", "4K")["recordings"]
    assert len(parts["parts"]) == 4
    assert max(path.stat().st_size for path in stick.iterdir()) == 76 + 4000
    assert audio(parts) == audio(whole)


def test_usb_size_and_reserve_stop_a_recording_cleanly(stick: Path) -> None:
    words = ("--usb-size", 20_000, "--reserve", 2000, "--size-limit", 8076, "--duration", 5)
    found = document("--fast", "--usb", stick, *words, exit_code=1)
    [recording] = found["recordings"]
    assert recording["state"] == "cut short"
    assert (
        sum(part["bytes"] for part in recording["parts"]) <= 18_000 < sum(p["bytes"] for p in recording["parts"]) + 236
    )
    assert found["screen"][-1]["prompt"].startswith("Recording failed: the drive is full: ")
    assert found["duration_s"] == 5.0
    assert len(audio(recording)) == sum(part["packets"] for part in recording["parts"]) * 160


@pytest.mark.parametrize(("pause", "length"), [("skip", 4800), ("silence", 8000)])
def test_pause(stick: Path, pause: str, length: int) -> None:
    words = ("--pause", pause, "--duration", 1, "--keys", "0 record, 0.2 pause, 0.6 resume")
    [recording] = document("--fast", "--usb", stick, *words)["recordings"]
    assert (len(audio(recording)), recording["paused_s"]) == (length, 0.4)
    if pause == "silence":
        assert audio(recording)[1600:4800] == b"\xff" * 3200


@pytest.mark.parametrize("name", MODELS)
def test_every_model(stick: Path, name: str) -> None:
    model = MODELS[name]
    found = document("--fast", "--usb", stick, "--model", name.lower(), "--duration", 1, exit_code=not model.local)
    assert found["model"] == name
    assert len(list(stick.iterdir())) == model.local
    if not model.local:
        assert found["screen"][-1]["prompt"] == f"Recording failed: {name} cannot record to USB"
        assert "recording" not in icons(found)


def test_a_model_without_usb_needs_none(tmp_path: Path) -> None:
    assert document("--fast", "--usb", tmp_path / "none", "--model", "BX3S", "--duration", 1, exit_code=1)


def test_voices_from_files(stick: Path, tmp_path: Path) -> None:
    near = write(tmp_path / "near", record(SPEECH, b"PCMU", 160, 160))
    [recording] = document("--fast", "--usb", stick, "--near", near, "--far", "silence")["recordings"]
    assert audio(recording) == SPEECH
    assert recording["duration_s"] == 0.4


def test_a_call_is_as_long_as_the_longer_voice_and_the_shorter_falls_silent(stick: Path, tmp_path: Path) -> None:
    near = write(tmp_path / "near.wav", wav(sine(440, 0.2, 16000).tobytes(), 16000))
    far = write(tmp_path / "far", record(SPEECH, b"PCMU", 160, 160))
    [recording] = document("--fast", "--usb", stick, "--near", near, "--far", far)["recordings"]
    assert audio(recording)[1600:] == SPEECH[1600:]
    assert audio(recording)[:1600] != SPEECH[:1600]


def test_repeat(stick: Path, tmp_path: Path) -> None:
    near = write(tmp_path / "near", record(SPEECH, b"PCMU", 160, 160))
    words = ("--near", near, "--far", "silence", "--duration", 1)
    [recording] = document("--fast", "--usb", stick, *words, "--repeat")["recordings"]
    assert audio(recording) == (SPEECH * 3)[:8000]
    [recording] = document("--fast", "--usb", stick, *words)["recordings"]
    assert audio(recording) == SPEECH + b"\xff" * 4800


def test_nobody_speaks(stick: Path) -> None:
    words = ("--near", "none", "--far", "none", "--duration", 1)
    [recording] = document("--fast", "--usb", stick, *words)["recordings"]
    assert audio(recording) == b"\xff" * 8000
    assert recording["gaps_s"] == {"near": 1.0, "far": 1.0}


def test_impair_and_seed(stick: Path) -> None:
    def spoilt(seed: int) -> tuple[bytes, int, int]:
        words = ("--near", "silence", "--impair", "loss=10%,reorder=5%,duplicate=5%,jitter=30ms")
        found = document("--fast", "--usb", stick, "--duration", 4, "--seed", seed, *words)
        [recording] = found["recordings"]
        [far] = [stream for stream in recording["streams"] if stream["name"] == "far"]
        assert found["seed"] == seed
        return audio(recording), far["lost"], far["duplicate"]

    first, again, other = spoilt(1), spoilt(1), spoilt(2)
    assert first == again != other
    assert 5 < first[1] < 40 and 1 < first[2] < 30


def test_without_a_seed_calls_differ(stick: Path) -> None:
    seeds = {document("--fast", "--usb", stick, "--duration", 0.1)["seed"] for _ in range(3)}
    assert len(seeds) == 3


def test_server_mode_stores_on_the_embedded_server(tmp_path: Path) -> None:
    words = ("--mode", "server", "--storage", tmp_path, "--near", "silence", "--far", "tone:440", "--duration", 1)
    found = document("--fast", *words, "--codec", "PCMA", "--model", "BX4")
    [recording] = found["recordings"]
    assert (recording["mode"], recording["state"]) == ("server", "recorded")
    assert len(audio(recording)) == 8000
    assert most_common(audio(recording)) != 0xD5
    assert "rtp" in [stream["name"] for stream in recording["streams"]]


def test_a_name_that_is_no_utf8_is_printed_all_the_same(tmp_path: Path) -> None:
    stick = tmp_path / "st\udcffick"
    stick.mkdir()
    command = [sys.executable, "-m", "phone_recorder", "call", "--fast", "--usb", str(stick), "--duration", "0.1"]
    for more in ([], ["--json"]):
        environment = {"PYTHONIOENCODING": "utf-8:strict"}
        done = subprocess.run([*command, *more], capture_output=True, env=environment)
        assert (done.returncode, done.stderr) == (0, b"")


class GoneInMidCall:
    """A record server that accepts, takes the start, and goes away a little later."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        self.listening.settimeout(10)
        self.listening.accept()[0].close()  # the program looks first whether somebody is there
        connection, _ = self.listening.accept()
        with connection, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media:
            media.bind(("127.0.0.1", 0))
            media.settimeout(10)
            asked = connection.recv(4096).decode()
            recording_id = asked.partition("&id=")[2].partition("&")[0]
            port = media.getsockname()[1]
            connection.sendall(f"cmd=RecordStartResponse&id={recording_id}&result=success&port={port}\n".encode())
            for _ in range(10):
                media.recv(2048)

    def close(self) -> None:
        self._thread.join(10)
        self.listening.close()


@pytest.fixture
def gone_in_mid_call() -> Iterator[str]:
    server = GoneInMidCall()
    yield server.address
    server.close()


@pytest.mark.live
def test_c8_a_server_gone_in_mid_call_is_shown_and_the_call_goes_on(gone_in_mid_call: str) -> None:
    words = ("--mode", "server", "--server", gone_in_mid_call, "--duration", 1)
    found = document(*words, exit_code=1)
    [recording] = found["recordings"]
    assert recording["state"] == "cut short"
    assert icons(found)[-2:] == ["recording", "failed"]
    assert found["screen"][-1]["prompt"].startswith("Recording failed: the connection to the record server was lost: ")
    assert found["screen"][-1]["t"] < 1
    assert found["duration_s"] == 1.0


@pytest.mark.live
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_hangs_up_and_leaves_a_whole_file(stick: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "phone_recorder", "call", "--usb", str(stick), "--duration", "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        while "Recording" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=10)
    assert (process.returncode, stderr) == (0, "")
    assert "recording 1: recorded (call ended), " in stdout
    [path] = stick.iterdir()
    assert int.from_bytes(path.read_bytes()[72:76], "little") == path.stat().st_size - 76


@pytest.mark.live
def test_a_recording_goes_on_when_nobody_watches_the_screen_any_more(stick: Path) -> None:
    command = [sys.executable, "-m", "phone_recorder", "call", "--usb", str(stick), "--duration", "0.6"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert (process.wait(10), process.stderr.read()) == (0, "")
    [path] = stick.iterdir()
    assert path.stat().st_size == 76 + 4800
