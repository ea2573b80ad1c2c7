"""A voice that many cases speak with."""

from __future__ import annotations

import os
import wave
from array import array
from pathlib import Path

import pytest

from phone_recorder.adapters import audio_files
from phone_recorder.errors import UsageError
from phone_recorder.harness.playing import voices

SPEECH = Path(__file__).parents[3] / "fixtures" / "speech" / "near_en.wav"


def written(path: Path, level: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(array("h", [level] * 800).tobytes())
    return path


@pytest.mark.parametrize("rate", [8000, 16000])
def test_it_is_what_is_in_the_file_each_time(rate: int) -> None:
    for _ in range(2):
        assert list(voices.open_pcm(SPEECH, rate)) == list(audio_files.open_pcm(SPEECH, rate))


def test_a_file_that_has_changed_is_read_again(tmp_path: Path) -> None:
    path = written(tmp_path / "voice.wav", 100)
    assert set(next(iter(voices.open_pcm(path, 8000)))) == {100}
    os.utime(written(path, 200), ns=(1, 1))
    assert set(next(iter(voices.open_pcm(path, 8000)))) == {200}


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        voices.open_pcm(tmp_path / "nobody.wav", 8000)
