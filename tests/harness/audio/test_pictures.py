"""Numbers that a report draws, and the sound that it plays."""

from __future__ import annotations

import wave
from io import BytesIO

import numpy as np
import pytest

from phone_recorder.harness.audio.levels import FLOOR_DB
from phone_recorder.harness.audio.pictures import outline, spectrogram, wav_bytes

TONE = np.rint(32767 * np.sin(2 * np.pi * 1000 * np.arange(16000) / 8000)).astype(np.int16)


def test_an_outline_is_the_least_and_the_greatest_of_each_column() -> None:
    assert outline(np.array([1, -5, 7, 0], np.int16), 2).tolist() == [[-5, 1], [0, 7]]


def test_an_outline_of_little_is_as_wide_as_it_should_be() -> None:
    assert outline(np.array([3], np.int16), 3).tolist().count([3, 3]) == 1
    assert outline(np.zeros(0, np.int16), 3).tolist() == [[0, 0]] * 3


def test_a_spectrogram_has_a_tone_where_it_is() -> None:
    levels = spectrogram(np.concatenate((TONE, np.zeros(16000, np.int16))), 40)
    assert levels.shape == (129, 40)
    assert levels[:, 10].argmax() == 32
    assert levels[32, 10] == pytest.approx(0, abs=0.2)
    assert levels[:, 30].max() == FLOOR_DB


def test_a_spectrogram_of_nothing_is_quiet() -> None:
    assert spectrogram(np.zeros(0, np.int16), 4).tolist() == [[FLOOR_DB] * 4] * 129


def test_a_wav_file_is_read_back_as_it_was() -> None:
    with wave.open(BytesIO(wav_bytes(TONE))) as reader:
        assert (reader.getframerate(), reader.getnchannels(), reader.getsampwidth()) == (8000, 1, 2)
        assert np.frombuffer(reader.readframes(16000), "<i2").tolist() == TONE.tolist()
