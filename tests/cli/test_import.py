"""`import`: WAV files as record files; what is imported and exported again is the same audio."""

from __future__ import annotations

import struct
import subprocess
import wave
from array import array
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phone_recorder.cli.main import cli
from phone_recorder.media import g711
from phone_recorder.media.codecs import decoder, encoder
from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec
from phone_recorder.wire.pcap import MAGICS
from phone_recorder.wire.record_file import examine
from tests import peers
from tests.signals import level_at, sine, wav, write

CODECS = [PCMU, PCMA, G722]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def import_(source: Path, codec: str, *options: str | Path) -> Result:
    return run("import", source, "-o", source.with_name("record"), "--codec", codec, *options)


def split(path: Path) -> tuple[bytes, int, int, int, bytes]:
    """Codec, rtpLen, increment, dataSize and data of a record file, read by the guide."""
    data = path.read_bytes()
    codec, length, increment, size = struct.unpack("<64siiI", data[:76])
    return codec, length, increment, size, data[76:]


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_a_wav_file_becomes_a_record_file_with_a_true_header(codec: Codec, tmp_path: Path) -> None:
    pcm = sine(1000, 1, codec.sample_rate)
    path = write(tmp_path / "a.wav", wav(pcm.tobytes(), codec.sample_rate))
    result = import_(path, codec.name)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{tmp_path / 'record'}: 1.000 s of {codec}\n"
    data = encoder(codec, codec.sample_rate).encode(pcm)
    assert split(tmp_path / "record") == (codec.name.encode().ljust(64, b"\0"), 160, 160, 8000, data)
    whole = (tmp_path / "record").read_bytes()
    assert examine(whole[:2048], len(whole)).complete


@pytest.mark.parametrize(("ptime", "block"), [("10", 80), ("20", 160), ("30", 240), ("40", 320), ("60", 480)])
def test_packets_are_as_long_as_asked_for(ptime: str, block: int, tmp_path: Path) -> None:
    result = import_(write(tmp_path / "a.wav", wav(bytes(16000), 8000)), "pcma", "--ptime", ptime)
    assert result.exit_code == 0
    _, length, increment, size, data = split(tmp_path / "record")
    assert (length, increment) == (block, block)
    assert size == len(data) == -(-8000 // block) * block


@pytest.mark.parametrize(("codec", "silence"), [(PCMU, b"\xff"), (PCMA, b"\xd5")], ids=str)
def test_the_last_packet_is_filled_up_with_silence(codec: Codec, silence: bytes, tmp_path: Path) -> None:
    pcm = sine(1000, 1, 8000)[:201]
    assert import_(write(tmp_path / "a.wav", wav(pcm.tobytes(), 8000)), codec.name).stdout.count("0.040 s") == 1
    assert split(tmp_path / "record")[4] == g711.encode(codec, pcm) + silence * 119


def test_the_last_wide_band_packet_is_filled_up_too(tmp_path: Path) -> None:
    pcm = sine(1000, 0.025, 16000)
    import_(write(tmp_path / "a.wav", wav(pcm.tobytes(), 16000)), "G722")
    assert split(tmp_path / "record")[4] == encoder(G722, 16000).encode(pcm + array("h", bytes(480)))


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_import_then_export_gives_the_same_audio(codec: Codec, tmp_path: Path) -> None:
    pcm = sine(1000, 1, codec.sample_rate)
    import_(write(tmp_path / "a.wav", wav(pcm.tobytes(), codec.sample_rate)), codec.name)
    assert run("export", tmp_path / "record", "-o", tmp_path / "b.wav").exit_code == 0
    with wave.open(str(tmp_path / "b.wav")) as reader:
        assert reader.getframerate() == codec.sample_rate
        back = array("h", reader.readframes(reader.getnframes()))
    assert back == decoder(codec, codec.sample_rate).decode(encoder(codec, codec.sample_rate).encode(pcm))
    assert level_at(1000, back, codec.sample_rate) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("codec", [PCMU, PCMA], ids=str)
def test_what_is_already_in_the_law_stays_as_it_is(codec: Codec, tmp_path: Path) -> None:
    data = g711.encode(codec, sine(1000, 1, 8000))
    import_(write(tmp_path / "a.wav", wav(data, 8000, 7 if codec is PCMU else 6, bits=8)), codec.name)
    assert split(tmp_path / "record")[4] == data
    again = run("import", tmp_path / "record", "-o", tmp_path / "again", "--codec", codec.name, "--ptime", "40")
    assert again.exit_code == 0
    assert split(tmp_path / "again")[1:] == (320, 320, 8000, data)


REFUSED = {
    "empty": (b"", "the file is empty"),
    "text": (b"Hello, world. " * 20, "no WAV file, no capture and no record file"),
    "cut": (wav(b"", 8000)[:20], "fmt chunk has 0 bytes"),
    "no samples": (wav(b"", 8000), "there is no audio in it"),
    "MP3": (wav(bytes(8), 8000, 0x55), "is MP3"),
    "a capture": (MAGICS[0] + bytes(20), "it is a capture"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_named_and_nothing_is_written(data: bytes, reason: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", data)
    result = import_(path, "PCMU")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"phone-recorder: cannot read {path}")
    assert reason in result.stderr
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = import_(tmp_path / "a.wav", "PCMU")
    assert result.exit_code == 2
    assert result.stderr == f"phone-recorder: cannot read {tmp_path / 'a.wav'}: there is no such file\n"


def test_an_output_that_is_there_is_replaced_only_by_force(tmp_path: Path) -> None:
    path, out = write(tmp_path / "a.wav", wav(bytes(320), 8000)), write(tmp_path / "record", b"precious")
    result = import_(path, "PCMU")
    assert (result.exit_code, out.read_bytes()) == (2, b"precious")
    assert "--force" in result.stderr
    assert import_(path, "PCMU", "--force").exit_code == 0
    assert split(out)[3] == 160


def test_the_source_is_never_replaced(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", wav(bytes(320), 8000))
    result = run("import", path, "-o", path, "--codec", "PCMU", "--force")
    assert result.exit_code == 2
    assert "is the file to read from" in result.stderr
    assert path.read_bytes() == wav(bytes(320), 8000)


@pytest.mark.parametrize("options", [["--codec", "opus"], ["--codec", "PCMU", "--ptime", "25"], []], ids=" ".join)
def test_options_that_make_no_sense_are_refused(options: list[str], tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", wav(bytes(320), 8000))
    result = run("import", path, "-o", tmp_path / "record", *options)
    assert result.exit_code == 2
    assert "import --help`" in result.stderr
    assert list(tmp_path.iterdir()) == [path]


def test_help_has_an_example() -> None:
    result = run("import", "--help")
    assert result.exit_code == 0
    assert "Example: phone-recorder import" in result.stdout
    assert "--ptime [10|20|30|40|60]" in result.stdout


SOX_FORMS = {
    "stereo, 44.1 kHz": ["-r", "44100", "-c", "2"],
    "8 bits": ["-r", "8000", "-e", "unsigned", "-b", "8"],
    "24 bits": ["-r", "48000", "-b", "24"],
    "float": ["-r", "16000", "-e", "float", "-b", "32"],
}


@pytest.mark.peer
@pytest.mark.parametrize("codec", CODECS, ids=str)
@pytest.mark.parametrize("form", SOX_FORMS.values(), ids=SOX_FORMS)
def test_a_tone_that_sox_made_comes_back_to_sox_with_its_pitch_and_level(
    form: list[str], codec: Codec, tmp_path: Path
) -> None:
    sox, path, back = peers.need("sox"), tmp_path / "a.wav", tmp_path / "b.wav"
    subprocess.run([sox, "-n", *form, path, "synth", "1", "sine", "1000", "vol", "0.5"], check=True)
    import_(path, codec.name)
    assert run("export", tmp_path / "record", "-o", back).exit_code == 0
    raw = subprocess.run([sox, back, "-t", "s16", "-"], capture_output=True, check=True).stdout
    assert len(raw) == 2 * codec.sample_rate
    assert level_at(1000, array("h", raw), codec.sample_rate) == pytest.approx(0.5, abs=0.03)
