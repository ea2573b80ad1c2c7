"""`mix` of two files: what is written, what sox and ffmpeg say of it, and what is refused in one sentence."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phone_recorder.cli.main import cli
from phone_recorder.media import g711
from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec
from tests import peers
from tests.bulk.offline.files import as_recorded, audio, law_wav, pair_of, record, rtp_record
from tests.cli.mixing import begun, started
from tests.media.reference import SOX_NAMES
from tests.signals import wav, write


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["mix", *map(str, words)])


def mix(a: Path, b: Path, out: Path, *options: str) -> Result:
    return run(a, b, "-o", out, *options)


def test_two_record_files_become_one(tmp_path: Path) -> None:
    said = os.urandom(480), os.urandom(320)
    a, b, out = pair_of(tmp_path, record(said[0]), record(said[1], PCMA))
    result = mix(a, b, out)
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{out}: 0.060 s of PCMU\n", "")
    assert out.read_bytes() == record(as_recorded((PCMU, said[0]), (PCMA, said[1]), PCMU))
    assert gc.isenabled()


def test_options_say_what_it_is_to_be(tmp_path: Path) -> None:
    said = os.urandom(480), os.urandom(320)
    a, b, out = pair_of(tmp_path, law_wav(said[0], PCMU), rtp_record(said[1], PCMA))
    assert mix(a, b, out).stdout == f"{out}: 0.060 s of PCMU\n"
    assert out.read_bytes()[:4] == b"RIFF"
    result = mix(a, b, out, "--force", "--format", "record", "--codec", "pcma", "--ptime", "30", "--shortest")
    assert result.stdout == f"{out}: 0.060 s of PCMA\n"
    mixed = as_recorded((PCMU, said[0]), (PCMA, said[1]), PCMA)[:320]
    assert out.read_bytes() == record(mixed + PCMA.silence(160), PCMA, 240)
    assert mix(a, b, out, "--force", "--codec", "pcm16").stdout == f"{out}: 0.060 s of pcm16\n"
    assert mix(a, b, out, "--force", "--codec", "G722").stdout == f"{out}: 0.060 s of G722\n"


def test_what_is_damaged_is_told(tmp_path: Path) -> None:
    a, b, out = pair_of(tmp_path, record(bytes(320), size=0), record(bytes(320)))
    result = mix(a, b, out)
    assert result.exit_code == 0
    assert f"{a}: dataSize is 0, but 320 bytes follow the header" in result.stderr
    assert "what is damaged was mixed as far as its audio goes" in result.stderr
    assert audio(out) == as_recorded((PCMU, bytes(320)), (PCMU, bytes(320)), PCMU)


@pytest.mark.peer
@pytest.mark.parametrize("make", [record, law_wav], ids=["record", "wav"])
@pytest.mark.parametrize(("a", "b", "out"), [(PCMU, PCMU, PCMU), (PCMA, PCMA, PCMA), (PCMU, PCMA, PCMA)], ids=str)
def test_g711_is_byte_for_byte_that_of_sox(a: Codec, b: Codec, out: Codec, make: type, tmp_path: Path) -> None:
    said = os.urandom(200_000), os.urandom(160_000)
    files = pair_of(tmp_path, make(said[0], a), make(said[1], b))
    assert mix(*files, "--codec", out.name).exit_code == 0
    raw = [write(tmp_path / f"{side}.raw", data) for side, data in zip("ab", said, strict=True)]
    forms = [["-t", "raw", "-r", "8000", "-c", "1", "-b", "8", "-e", SOX_NAMES[law.name]] for law in (a, b, out)]
    command = [peers.need("sox"), "-D", "-m"]
    for form, path in zip(forms, raw, strict=False):
        command += ["-v", "1", *form, str(path)]
    theirs = subprocess.run([*command, *forms[2], "-"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    assert audio(files[2]) == theirs.stdout


@pytest.mark.peer
@pytest.mark.parametrize("codec", ["PCMU", "PCMA", "pcm16"])
def test_sox_and_ffmpeg_read_a_mix_in_a_wav_file(codec: str, tmp_path: Path) -> None:
    a, b, out = pair_of(tmp_path, record(os.urandom(1600)), record(os.urandom(1600)))
    mix(a, b, out, "--format", "wav", "--codec", codec)
    law = next((law for law in g711.LAWS if law.name == codec), None)
    samples = g711.decode(law, audio(out)).tobytes() if law else audio(out)
    sox = subprocess.run([peers.need("sox"), str(out), "-t", "s16", "-"], capture_output=True, check=True)
    assert (sox.stdout, sox.stderr) == (samples, b"")
    read = [peers.need("ffmpeg"), "-loglevel", "error", "-i", str(out), "-f", "s16le", "-"]
    assert subprocess.run(read, capture_output=True, check=True).stdout == samples


REFUSED = {
    "no files": ([], "mix takes two files or two directories, not 0"),
    "one file": (["a.wav"], "not 1"),
    "three files": (["a.wav", "b.wav", "a.wav"], "not 3"),
    "a file that is not there": (["a.wav", "c.wav"], "cannot read c.wav: there is no such file"),
    "a directory and a file": (["dir", "a.wav"], "dir is a directory and a.wav is none"),
    "a file and a directory": (["a.wav", "dir"], "dir is a directory and a.wav is none"),
    "an empty name": (["", "a.wav"], "it is empty"),
    "a long name": (["n" * 300, "a.wav"], "its name is too long"),
    "a device": (["/dev/zero", "a.wav"], "not a regular file"),
    "processes for one": (["a.wav", "b.wav", "-j", "2"], "--jobs goes with many files"),
    "one to leave out": (["a.wav", "b.wav", "--skip-existing"], "--skip-existing goes with many files"),
    "pairs and files": (["a.wav", "b.wav", "--pairs", "list.csv"], "A and B are in the list of --pairs"),
    "samples in a record file": (["a.wav", "b.wav", "--codec", "pcm16"], "choose one with --codec"),
    "packets in a WAV file": (["a.wav", "b.wav", "--format", "wav", "--ptime", "20"], "--ptime goes with a record"),
}


@pytest.mark.parametrize(("words", "why"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_sense_is_one_sentence(
    words: list[str], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pair_of(tmp_path, record(bytes(320)), record(bytes(320)))
    (tmp_path / "dir").mkdir()
    result = run(*words, "-o", "out.wav")
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out.wav").exists()


OUTPUTS = {
    "there already": ("b.wav", [], "is a file to read from"),
    "precious": ("precious", [], "precious exists already"),
    "a directory": ("dir", ["--force"], "cannot write dir: it is a directory"),
    "a full device": ("/dev/full", ["--force"], "cannot write /dev/full: it is a device or a pipe"),
    "nowhere": ("nowhere/out.wav", [], "cannot write nowhere/out.wav: there is no directory nowhere: make it first"),
    "a terminal": ("-", [], "a mix is written to a file"),
    "below a file": ("a.wav/out.wav", [], "a part of its path is not a directory"),
}


@pytest.mark.parametrize(("place", "options", "why"), OUTPUTS.values(), ids=OUTPUTS)
def test_an_output_that_cannot_be_is_named(
    place: str, options: list[str], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pair_of(tmp_path, record(bytes(320)), record(bytes(320)))
    (tmp_path / "dir").mkdir()
    write(tmp_path / "precious", b"precious")
    before = sorted(tmp_path.rglob("*"))
    result = run("a.wav", "b.wav", "-o", place, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr
    assert result.stderr.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "precious").read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
    ids=lambda value: str(value),
)
def test_a_signal_ends_it_and_leaves_nothing(number: signal.Signals, code: int, tmp_path: Path) -> None:
    a, b, out = pair_of(tmp_path, record(b"", G722, size=0), wav(bytes(320), 8000))
    os.truncate(a, 1 << 30)
    with started(tmp_path, a, b, "-o", out) as process:
        begun(out)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stdout) == (code, "")
    assert "Traceback" not in stderr
    assert sorted(tmp_path.iterdir()) == [a, b]
