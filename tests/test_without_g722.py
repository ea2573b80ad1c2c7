"""A machine without the package G722, a module in C: all but G.722 works there, and who asks for that is told so."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from phone_recorder.media.codecs import NO_G722
from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec
from phone_recorder.wire.rtp import RtpSender
from tests.agent.agent_process import PATIENCE_S, AgentProcess, agent_process

ROOT = Path(__file__).parents[1]
RECORD_FILES = ROOT / "fixtures" / "record_files"
IN_G722, IN_PCMU = RECORD_FILES / "g722_20ms.wav", RECORD_FILES / "pcmu_20ms.wav"
FAST = ("call", "--fast", "--duration", "1")

PACKETS_OF_G722 = """
from phone_recorder.recording.placement import ByArrival
from phone_recorder.recording.timeline import Timeline
from phone_recorder.wire.payload import G722, PCMU
from phone_recorder.wire.rtp import RtpSender
timeline = Timeline(160, 8000, ByArrival(0))
for number, codec in enumerate((PCMU, G722, PCMU)):
    timeline.receive(number * 160, RtpSender(codec.payload_type, 1, number, number * 160).packet(bytes(160)))
print([piece and piece.codec.name for piece in timeline.close(9000)[:3]], timeline.counts.other)
"""


@pytest.fixture(scope="session")
def without(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The environment of a child process in which G722 cannot be imported."""
    place = tmp_path_factory.mktemp("without")
    (place / "G722.py").write_text("raise ImportError('there is none')\n")
    return {"PYTHONPATH": f"{place}{os.pathsep}{ROOT}"}


def python(environ: Mapping[str, str], *words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, words)]
    return subprocess.run(command, cwd=cwd, env={**os.environ, **environ}, capture_output=True, text=True, timeout=60)


def test_it_is_not_there(without: Mapping[str, str]) -> None:
    assert python(without, "-c", "import G722").stderr.endswith("ImportError: there is none\n")
    assert python({}, "-c", "import G722").returncode == 0


@pytest.mark.parametrize(("call", "recording"), [("PCMU", "PCMU"), ("PCMA", "PCMA"), ("PCMU", "PCMA")])
@pytest.mark.parametrize("mode", ["local", "server"])
def test_a_call_in_another_codec_is_recorded(
    without: Mapping[str, str], tmp_path: Path, call: str, recording: str, mode: str
) -> None:
    words = ("--mode", mode, "--call-codec", call, "--codec", recording)
    done = python(without, "-m", "phone_recorder", *FAST, *words, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"recorded (call ended), 1.00 s, {recording}" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        (*FAST, "--codec", "G722"),
        (*FAST, "--call-codec", "G722"),
        (*FAST, "--far", IN_G722),
        (*FAST, "--mode", "server", "--codec", "G722"),
        ("call", "--json", "--codec", "G722"),
        ("call", "--json", "--to", "sip:127.0.0.1:9", "--codec", "G722"),
        ("export", IN_G722, "-o", "out.wav"),
        ("import", IN_PCMU, "-o", "out.wav", "--codec", "G722"),
    ],
    ids=lambda words: " ".join(map(str, words)),
)
def test_who_asks_for_g722_is_told_what_to_do(
    without: Mapping[str, str], tmp_path: Path, words: tuple[str | Path, ...]
) -> None:
    done = python(without, "-m", "phone_recorder", *words, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"phone-recorder: {NO_G722}\n")
    if "--far" not in words:  # what a voice is in shows when it is read
        assert not [path for path in tmp_path.rglob("*") if path.suffix == ".wav"]


@pytest.mark.parametrize("words", [("inspect", IN_G722), ("repair", "--dry-run", IN_G722)], ids=lambda words: words[0])
def test_a_file_in_g722_can_be_looked_at(without: Mapping[str, str], words: tuple[str | Path, ...]) -> None:
    done = python(without, "-m", "phone_recorder", *words)
    assert (done.returncode, done.stderr) == (0, "")


def test_packets_in_g722_are_counted_as_no_audio_and_leave_a_gap(without: Mapping[str, str]) -> None:
    assert python(without, "-c", PACKETS_OF_G722).stdout == "['PCMU', None, 'PCMU'] 1\n"
    assert python({}, "-c", PACKETS_OF_G722).stdout == "['PCMU', 'G722', 'PCMU'] 0\n"


@pytest.mark.live
def test_the_agent_refuses_what_is_in_g722_and_goes_on(without: Mapping[str, str], tmp_path: Path) -> None:
    with agent_process(tmp_path, environ=without) as agent:
        for method, params in (
            ("settings.set", {"values": {"record.codec": "G722"}}),
            ("call.start", {"codec": "G722"}),
        ):
            with pytest.raises(RuntimeError, match=NO_G722):
                agent.ask(method, **params)
        agent.begin_call("legs")
        with pytest.raises(RuntimeError, match=NO_G722):
            agent.ask("call.change", codec="G722")
        assert agent.stop() == 0


@pytest.mark.live
@pytest.mark.parametrize("rtp", ["mixed", "legs"])
def test_an_agent_that_is_to_record_in_g722_starts_and_each_recording_says_why_it_cannot_be(
    without: Mapping[str, str], tmp_path: Path, rtp: str
) -> None:
    with agent_process(tmp_path, "record.codec=G722", environ=without) as agent:
        assert agent.ask("status.get")["problem"] == NO_G722
        agent.begin_call(rtp)
        agent.ask("record.press")
        (recording,) = agent.ask("record.get")["recordings"]
        assert (recording["state"], recording["reason"]) == ("failed", NO_G722)
        assert agent.ask("record.get")["key"] == "idle"
        agent.ask("settings.set", values={"record.codec": "PCMA"})
        agent.begin_call(rtp)
        agent.ask("record.press")
        until_it_is_recorded(agent)
        assert agent.stop() == 0 and agent.files()


@pytest.mark.live
@pytest.mark.parametrize("codec", [PCMU, PCMA], ids=str)
def test_the_agent_records_legs_in_which_packets_of_g722_are(
    without: Mapping[str, str], tmp_path: Path, codec: Codec
) -> None:
    with agent_process(tmp_path, f"record.codec={codec}", environ=without) as agent:
        legs = agent.begin_call("legs")
        agent.ask("record.press")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
            for _, host, port in legs:
                for number, sent in enumerate((PCMU, G722, PCMA)):
                    packet = RtpSender(sent.payload_type, port, number, number * 160).packet(bytes(160))
                    phone.sendto(packet, (host, port))
        until_it_is_recorded(agent)
        agent.ask("call.end")
        assert agent.stop() == 0
        (file,) = agent.files()
        assert file.read_bytes()[:4].decode() == codec.name and file.stat().st_size > 76


def until_it_is_recorded(agent: AgentProcess) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not sum(recording["duration_s"] for recording in agent.ask("record.get")["recordings"]):
        assert time.monotonic() < deadline
