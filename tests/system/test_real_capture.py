"""A real call's RTP as the far party, recorded, and its audio found again; and our own RTP as tshark sees it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from array import array
from math import sqrt
from pathlib import Path

import pytest

from phone_recorder.adapters.audio_files import read_capture
from phone_recorder.media import g711
from phone_recorder.wire.payload import BY_NAME, Codec
from phone_recorder.wire.rtp import RtpPacket
from tests import peers
from tests.cli.call import Document, audio, document
from tests.system.captured_call import NOT_PERMITTED

WINDOW = 800
"""100 ms of samples."""


def real_capture() -> Path:
    """A call that sipp's authors captured: A-law, eight seconds."""
    peers.need("sipp")
    path = Path("/usr/share/sip-tester/g711a.pcap")
    if not path.exists():
        pytest.skip("this sip-tester has no g711a.pcap")
    return path


def original(path: Path) -> array[int]:
    """What the capture's packets hold, one after the other."""
    packets = [RtpPacket.parse(data) for _, data in read_capture(path)]
    whole = array("h")
    for packet in sorted((p for p in packets if p.payload_type == 8), key=lambda p: p.sequence):
        whole += g711.decode(BY_NAME["PCMA"], packet.payload)
    return whole


def likeness(a: array[int], b: array[int]) -> float:
    """The normalised cross-correlation of two signals of one length: 1 for the same, at any level."""
    power = sqrt(sum(x * x for x in a) * sum(y * y for y in b))
    return sum(x * y for x, y in zip(a, b, strict=True)) / power if power else 0.0


def best_place(pattern: array[int], signal: array[int]) -> int:
    """Where in the signal the pattern is most like it."""
    places = range(len(signal) - len(pattern) + 1)
    return max(places, key=lambda at: likeness(pattern, signal[at : at + len(pattern)]))


def loudest(signal: array[int]) -> int:
    """Where the loudest 100 ms begin."""
    return max(range(0, len(signal) - WINDOW, WINDOW), key=lambda at: sum(x * x for x in signal[at : at + WINDOW]))


def assert_found_again(recorded: bytes, codec: Codec, source: array[int]) -> None:
    """The source is in the recording, whole, in its place, and nothing else is."""
    heard = g711.decode(codec, recorded)
    mark = loudest(source)
    near = max(mark - WINDOW, 0)
    lag = near + best_place(source[mark : mark + 400], heard[near : mark + 2 * WINDOW]) - mark
    assert 0 <= lag <= 160, "it stands where it came, to the frame"
    length = min(len(source), len(heard) - lag)
    assert length > len(source) - 320
    assert likeness(source[:length], heard[lag : lag + length]) > 0.99
    # Every single 100 ms of it too, as far as there is anything to hear.
    for at in range(0, length - WINDOW, WINDOW):
        part = source[at : at + WINDOW]
        if max(map(abs, part)) > 500:
            assert likeness(part, heard[lag + at : lag + at + WINDOW]) > 0.98, f"at sample {at}"


@pytest.mark.peer
@pytest.mark.parametrize("codec", ["PCMA", "PCMU"])
def test_a_real_capture_is_recorded_and_found_again(tmp_path: Path, codec: str) -> None:
    path = real_capture()
    words = ("--near", "silence", "--far", path, "--call-codec", "PCMA", "--codec", codec, "--usb", tmp_path)
    [recording] = document("--fast", *words)["recordings"]
    assert_found_again(audio(recording), BY_NAME[codec], original(path))
    [far] = [stream for stream in recording["streams"] if stream["name"] == "far"]
    assert (far["lost"], far["late"], far["bad"]) == (0, 0, 0)


@pytest.mark.peer
@pytest.mark.live
def test_live_it_is_found_again_too_and_sox_hears_it(tmp_path: Path) -> None:
    path, sox = real_capture(), peers.need("sox")
    words = ("--near", "silence", "--far", path, "--call-codec", "PCMA", "--codec", "PCMA", "--usb", tmp_path)
    [recording] = document(*words, "--duration", 3)["recordings"]
    source = original(path)[: 8000 * 3]
    assert_found_again(audio(recording), BY_NAME["PCMA"], source)
    raw = tmp_path / "raw.al"
    raw.write_bytes(audio(recording))
    done = subprocess.run([sox, "-t", "al", "-r", "8000", "-c", "1", raw, "-n", "stat"], capture_output=True, text=True)
    told = dict(re.findall(r"^(.+?):\s+([-\d.]+)$", done.stderr, re.MULTILINE))
    assert float(told["Length (seconds)"]) == 3.0
    rms = sqrt(sum(x * x for x in source) / len(source)) / 32768
    assert abs(float(told["RMS     amplitude"]) / rms - 1) < 0.02


def captured_call(capture: Path, *words: str) -> Document:
    """What a call told of itself while all its UDP was captured; the test is skipped where that is not permitted."""
    alone = [peers.need("unshare"), "--net"]
    peers.need("dumpcap")
    if subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("a network of its own is not permitted here")
    command = [*alone, sys.executable, "-m", "tests.system.captured_call", str(capture), *words, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    if done.returncode == NOT_PERMITTED:
        pytest.skip("capturing on loopback is not permitted here")
    assert (done.returncode, done.stderr) == (0, "")
    found: Document = json.loads(done.stdout)
    return found


STREAM = re.compile(
    r"^\s*[\d.]+\s+[\d.]+"  # from when to when
    r"\s+(?P<src>\S+)\s+\d+\s+(?P<dst>\S+)\s+\d+\s+0x\w+"
    r"\s+(?P<payload>.+?)\s{2,}(?P<packets>\d+)\s+(?P<lost>-?\d+) \(",
    re.MULTILINE,
)


def rtp_streams(capture: Path, count: int) -> list[dict[str, str]]:
    """The streams of at least so many packets that tshark finds, by its own heuristics."""
    heuristic = ("-o", "rtp.heuristic_rtp:TRUE", "--enable-heuristic", "rtp_udp")
    command = [peers.need("tshark"), "-r", str(capture), *heuristic]
    done = subprocess.run([*command, "-q", "-z", "rtp,streams"], capture_output=True, text=True, check=True)
    found = [match.groupdict() for match in STREAM.finditer(done.stdout)]
    return [stream for stream in found if int(stream["packets"]) >= count]


@pytest.mark.peer
@pytest.mark.live
@pytest.mark.parametrize(("codec", "name"), [("PCMU", "g711U"), ("PCMA", "g711A"), ("G722", "g722")])
def test_our_rtp_on_loopback_is_rtp_to_tshark_and_none_is_lost(tmp_path: Path, codec: str, name: str) -> None:
    """The mix from the phone's mixer to the recorder, and the recorder's RTP to the server."""
    capture = tmp_path / "lo.pcapng"
    storage = tmp_path / "server"
    storage.mkdir()
    words = ("--mode", "server", "--storage", str(storage), "--codec", codec, "--duration", "1")
    [recording] = captured_call(capture, *words)["recordings"]
    assert recording["state"] == "recorded"
    streams = rtp_streams(capture, count=50)
    assert len(streams) == 2
    assert {(stream["src"], stream["dst"], stream["payload"], stream["lost"]) for stream in streams} == {
        ("127.0.0.1", "127.0.0.1", name, "0")
    }
    # The one to the server has all that was recorded and no more; the mix goes on until the recorder has ended.
    assert sorted(int(stream["packets"]) for stream in streams)[0] == recording["duration_s"] * 50 == 50
