"""`export`: record files as WAV files, which stdlib `wave`, sox and ffmpeg read."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import tracemalloc
import wave
from array import array
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phone_recorder.cli.main import cli
from phone_recorder.media import g711
from phone_recorder.media.codecs import decoder, encoder
from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec
from phone_recorder.wire.rtp import RtpSender
from tests import peers
from tests.adapters.file_limit import no_file_above
from tests.signals import level_at, sine, write

CODECS = [PCMU, PCMA, G722]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def export(source: Path, *options: str | Path) -> Result:
    return run("export", source, "-o", source.with_name("out.wav"), *options)


def tone(codec: Codec, seconds: float = 1) -> bytes:
    return encoder(codec, codec.sample_rate).encode(sine(1000, seconds, codec.sample_rate))


def record(data: bytes, codec: Codec = PCMU, length: int = 160, size: int | None = None) -> bytes:
    return struct.pack("<64siiI", codec.name.encode(), length, 160, len(data) if size is None else size) + data


def frames(path: Path) -> tuple[int, array[int]]:
    """Rate and samples of a mono WAV file of 16 bits, by the standard library."""
    with wave.open(str(path)) as reader:
        assert (reader.getnchannels(), reader.getsampwidth()) == (1, 2)
        return reader.getframerate(), array("h", reader.readframes(reader.getnframes()))


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_pcm_of_16_bits_is_what_the_codec_decodes_to(codec: Codec, tmp_path: Path) -> None:
    data = tone(codec)
    result = export(write(tmp_path / "a.wav", record(data, codec)))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{tmp_path / 'out.wav'}: 1.000 s\n"
    rate, pcm = frames(tmp_path / "out.wav")
    assert rate == codec.sample_rate
    assert pcm == decoder(codec, rate).decode(data)
    assert level_at(1000, pcm, rate) == pytest.approx(0.5, abs=0.03)


ORIGINALS = [(PCMU, 7, 8000, 8, 800), (PCMA, 6, 8000, 8, 800), (G722, 0x028F, 16000, 4, 1600)]


@pytest.mark.parametrize(("codec", "tag", "rate", "bits", "fact"), ORIGINALS, ids=lambda value: str(value))
def test_the_original_is_the_payload_behind_another_head(
    codec: Codec, tag: int, rate: int, bits: int, fact: int, tmp_path: Path
) -> None:
    data = tone(codec, 0.1)
    result = export(write(tmp_path / "a.wav", record(data, codec)), "--codec", "original")
    assert result.stdout.endswith("out.wav: 0.100 s\n")
    written = (tmp_path / "out.wav").read_bytes()
    assert struct.unpack("<4sI4s4sIHHIIHHH4sII4sI", written[:58]) == (
        *(b"RIFF", 850, b"WAVE", b"fmt ", 18, tag, 1, rate, 8000, 1, bits, 0),
        *(b"fact", 4, fact, b"data", 800),
    )
    assert written[58:] == data


def test_blocks_that_are_rtp_packets_lose_their_headers(tmp_path: Path) -> None:
    sender, data = RtpSender(0, 9, 1, 2), tone(PCMU)
    packets = b"".join(sender.packet(data[i : i + 160]) for i in range(0, len(data), 160))
    result = export(write(tmp_path / "a.wav", record(packets, length=172)))
    assert (result.exit_code, result.stderr) == (0, "")
    assert frames(tmp_path / "out.wav") == (8000, g711.decode(PCMU, data))


def test_an_odd_number_of_bytes_is_padded(tmp_path: Path) -> None:
    result = export(write(tmp_path / "a.wav", record(b"\xff" * 161, PCMU)), "--codec", "original")
    assert result.exit_code == 0
    written = (tmp_path / "out.wav").read_bytes()
    assert len(written) == 58 + 161 + 1
    assert struct.unpack("<I", written[4:8]) == (len(written) - 8,)
    assert struct.unpack("<I", written[54:58]) == (161,)


DAMAGED = {
    "header never made true": (record(tone(PCMU), size=0), 8000, "dataSize is 0, but 8000 bytes follow"),
    "dataSize past the end": (record(tone(PCMU), size=9999), 8000, "dataSize is 9999, but only 8000 bytes"),
    "last block short": (record(tone(PCMU)[:-10]), 7990, "the last block has 150 of 160 bytes"),
    "length lost": (record(tone(PCMU), length=0), 8000, "rtpLen is 0"),
}


@pytest.mark.parametrize(("data", "samples", "problem"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_exported_as_far_as_it_goes(data: bytes, samples: int, problem: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", data)
    result = export(path)
    assert result.exit_code == 0
    assert f"{path}: {problem}" in result.stderr
    assert f"{path} is damaged, and was exported as far as its audio goes" in result.stderr
    assert frames(tmp_path / "out.wav") == (8000, g711.decode(PCMU, tone(PCMU)[:samples]))


def test_a_recording_of_nothing_is_a_wav_file_of_nothing(tmp_path: Path) -> None:
    result = export(write(tmp_path / "a.wav", record(b"")))
    assert result.exit_code == 0
    assert frames(tmp_path / "out.wav") == (8000, array("h"))


REFUSED = {
    "empty": (b"", "0 bytes, fewer than its header"),
    "too short": (b"PCMU", "4 bytes, fewer than its header"),
    "unknown codec": (b"opus".ljust(64, b"\0") + bytes(200), "'opus' is none of PCMU, PCMA, G722"),
    "a WAV file": (b"RIFF\x24\0\0\0WAVEfmt " + bytes(100), "RIFF WAV, not a record file"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_record_file_is_named_and_nothing_is_written(data: bytes, reason: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", data)
    result = export(path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"phone-recorder: cannot read {path}: ")
    assert reason in result.stderr
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = export(tmp_path / "a.wav")
    assert result.exit_code == 2
    assert result.stderr == f"phone-recorder: cannot read {tmp_path / 'a.wav'}: there is no such file\n"


def test_an_output_that_is_there_is_replaced_only_by_force(tmp_path: Path) -> None:
    path, out = write(tmp_path / "a.wav", record(tone(PCMU))), write(tmp_path / "out.wav", b"precious")
    result = export(path)
    assert (result.exit_code, out.read_bytes()) == (2, b"precious")
    assert "--force" in result.stderr
    assert export(path, "--force").exit_code == 0
    assert frames(out)[0] == 8000


def test_the_recording_itself_is_never_replaced(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", record(tone(PCMU)))
    (tmp_path / "out.wav").symlink_to(path)
    for output in (path, tmp_path / "out.wav"):
        result = run("export", path, "-o", output, "--force")
        assert result.exit_code == 2
        assert "is the file to read from" in result.stderr
    assert path.read_bytes() == record(tone(PCMU))


@pytest.mark.parametrize("place", [".", "missing/out.wav", "a.wav/out.wav", "n" * 300])
def test_an_output_that_cannot_be_written_is_named(place: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", record(tone(PCMU)))
    result = run("export", path, "-o", tmp_path / place, "--force")
    assert result.exit_code == 2
    assert str(tmp_path) in result.stderr
    assert isinstance(result.exception, SystemExit)
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_device_is_the_output_s_fault(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", record(tone(PCMU)))
    with no_file_above(4096):
        result = export(path)
    assert result.exit_code == 2
    assert result.stderr == f"phone-recorder: cannot write {tmp_path / 'out.wav'}: file too large\n"


LONG = {
    "5 GiB of PCM": (0xA000_0000, [], "more than a WAV file can hold"),
    "3 GiB of PCM": (0x6000_0000, [], "file too large"),
    "2.5 GiB as they are": (0xA000_0000, ["--codec", "original"], "file too large"),
}


@pytest.mark.parametrize(("size", "options", "reason"), LONG.values(), ids=LONG)
def test_what_no_wav_file_can_hold_is_refused_before_anything_is_written(
    size: int, options: list[str], reason: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.wav", record(b""))
    os.truncate(path, size)  # sparse: it takes no room
    with no_file_above(0):  # whoever begins to write is told of this
        result = export(path, *options)
    assert result.exit_code == 2
    assert reason in result.stderr
    assert not (tmp_path / "out.wav").exists()


def test_a_long_recording_is_never_held_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", record(b""))
    os.truncate(path, 16_000_076)
    export(path, "--codec", "original")
    tracemalloc.start()
    result = export(path, "--force")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result.exit_code == 0
    assert (tmp_path / "out.wav").stat().st_size == 44 + 32_000_000
    assert peak < 4_000_000


def test_help_has_an_example() -> None:
    result = run("export", "--help")
    assert result.exit_code == 0
    assert "Example: phone-recorder export" in result.stdout
    assert "--codec [pcm16|original]" in result.stdout


@pytest.mark.peer
@pytest.mark.parametrize("options", [[], ["--codec", "original"]], ids=["pcm16", "original"])
@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_ffmpeg_reads_every_export(codec: Codec, options: list[str], tmp_path: Path) -> None:
    data = tone(codec)
    export(write(tmp_path / "a.wav", record(data, codec)), *options)
    read = [peers.need("ffmpeg"), "-loglevel", "error", "-i", str(tmp_path / "out.wav"), "-f", "s16le", "-"]
    pcm = subprocess.run(read, capture_output=True, check=True).stdout
    assert array("h", pcm) == decoder(codec, codec.sample_rate).decode(data)
    probe = [peers.need("ffprobe"), "-v", "error", "-show_streams", "-of", "json", str(tmp_path / "out.wav")]
    stream = json.loads(subprocess.run(probe, capture_output=True, check=True).stdout)["streams"][0]
    assert (stream["sample_rate"], stream["channels"]) == (str(codec.sample_rate), 1)
    assert float(stream["duration"]) == 1.0


@pytest.mark.peer
@pytest.mark.parametrize("options", [[], ["--codec", "original"]], ids=["pcm16", "original"])
@pytest.mark.parametrize("codec", [PCMU, PCMA], ids=str)
def test_sox_reads_every_g711_export(codec: Codec, options: list[str], tmp_path: Path) -> None:
    data = tone(codec)
    export(write(tmp_path / "a.wav", record(data, codec)), *options)
    read = [peers.need("sox"), str(tmp_path / "out.wav"), "-t", "s16", "-"]
    result = subprocess.run(read, capture_output=True, check=True)
    assert (array("h", result.stdout), result.stderr) == (g711.decode(codec, data), b"")
