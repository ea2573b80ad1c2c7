from __future__ import annotations

import os
import wave
from pathlib import Path

import pytest

from phone_recorder.harness.scenario.parties import VOICES
from phone_recorder.wire.payload import BY_NAME
from phone_recorder.wire.record_file import RecordHeader
from tests.harness.scenario.everything import case_of, wrong

INSTEAD = f"write {VOICES}"
EQUALS = "write near + far, or a file's name as seen from this file"
NO_FILE = "it is not a regular file"
PCAP = bytes.fromhex("d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000")


def wav(path: Path, samples: int, rate: int = 8000) -> bytes:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(2 * samples))
    return path.read_bytes()


@pytest.fixture
def voices(tmp_path: Path) -> Path:
    """Files that are no voice, each in its own way, and a good one that is as short as can be."""
    wav(tmp_path / "one.wav", 1)
    whole = wav(tmp_path / "empty.wav", 0)
    (tmp_path / "nothing.wav").write_bytes(b"")
    (tmp_path / "text.wav").write_text("this is no sound\n" * 10)
    (tmp_path / "head.wav").write_bytes(whole[:12])
    (tmp_path / "header.wav").write_bytes(bytes(RecordHeader(BY_NAME["PCMU"], 160, 160, 0)))
    (tmp_path / "capture.wav").write_bytes(PCAP)
    (tmp_path / "folder.wav").mkdir()
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "device.wav").symlink_to("/dev/zero")
    (tmp_path / "dangling.wav").symlink_to("nowhere.wav")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("empty.wav", "there is no audio in it"),
        ("header.wav", "there is no audio in it"),
        ("nothing.wav", "the file is empty"),
        ("text.wav", "it is no WAV file, no capture and no record file"),
        ("head.wav", "the WAV file has no description"),
        ("capture.wav", "the capture has no RTP audio"),
        ("folder.wav", "it is a directory, not a file"),
        ("pipe.wav", NO_FILE),
        ("device.wav", NO_FILE),
        ("dangling.wav", "there is no such file"),
        ("/dev/zero", NO_FILE),
    ],
)
def test_a_file_without_a_voice_is_told_with_its_line_its_key_and_what_to_do(voices: Path, name: str, why: str) -> None:
    for text, key in ((f"near: {name}", "near"), (f"far:\n  voice: {name}", "far.voice")):
        line = 1 + text.count("\n") + 1
        said = wrong(voices, text)
        assert said.startswith(f"{line}: {key}: cannot read {voices / name}: {why}")
        assert said.endswith(INSTEAD)


def test_what_is_expected_to_equal_a_file_is_looked_into_as_well(voices: Path) -> None:
    said = wrong(voices, "expect: [{audio: {equals: empty.wav}}]")
    assert said == f"2: expect.1.audio.equals: cannot read {voices}/empty.wav: there is no audio in it: {EQUALS}"


def test_a_voice_of_one_sample_is_one_and_a_file_that_was_mended_is_read_again(voices: Path) -> None:
    assert case_of(voices, "near: one.wav").near.voice == str(voices / "one.wav")
    wrong(voices, "near: empty.wav")
    wav(voices / "empty.wav", 8000)
    assert case_of(voices, "near: empty.wav").near.voice == str(voices / "empty.wav")


@pytest.mark.parametrize("text", ['near: ""', "near:", "near: null", 'near: {voice: ""}', "near: {voice: }"])
def test_no_voice_at_all_is_told_as_that(tmp_path: Path, text: str) -> None:
    assert wrong(tmp_path, text).endswith(f": it says nothing: {INSTEAD}")


def test_a_party_of_which_nothing_is_said_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    assert case_of(tmp_path, "far: {}\nnear: {}") == case_of(tmp_path, "\n")
