"""Samples as they are drawn."""

from __future__ import annotations

import re

import numpy as np
import pytest

from phone_recorder.harness.report.axis import INNER, LEFT
from phone_recorder.harness.report.drawn import HALF_WAVE, shades, wave_path
from phone_recorder.recording.units import SECOND

SQUARE = np.tile(np.repeat(np.array([8000, -8000], np.int16), 8), SECOND // 16)
"""A second of 500 Hz."""


def test_the_waveform_goes_as_far_as_the_samples_do() -> None:
    columns = [tuple(map(int, one)) for one in re.findall(r"M(\d+) (\d+)V(\d+)", wave_path(SQUARE))]
    assert len(columns) == INNER
    assert (columns[0][0], columns[-1][0]) == (LEFT, LEFT + INNER - 1)
    height = round(8000 / 32768 * HALF_WAVE)
    assert all(low == HALF_WAVE + height and high == HALF_WAVE - height - 1 for _, low, high in columns)


def test_silence_is_a_line_in_the_middle() -> None:
    drawn = wave_path(np.zeros(SECOND, np.int16))
    assert set(re.findall(r" (\d+)V(\d+)", drawn)) == {(str(HALF_WAVE), str(HALF_WAVE - 1))}


@pytest.mark.parametrize("seconds", [0.1, 1, 60])
def test_the_spectrogram_has_a_bounded_size(seconds: float) -> None:
    width, rows = shades(np.resize(SQUARE, int(seconds * SECOND)))
    assert 1 <= width <= INNER
    assert {len(row) for row in rows} == {width}
    assert len(rows) <= 256


def test_a_tone_is_brighter_than_silence_in_the_picture() -> None:
    width, rows = shades(np.concatenate([SQUARE, np.zeros(SECOND, np.int16)]))
    levels = np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), width)
    assert levels[:, : width // 3].max() > 200
    assert levels[:, 2 * width // 3 :].max() == 0
    # 500 of 4000 Hz, counted from the bottom.
    assert levels[:, width // 4].argmax() == pytest.approx(len(rows) * 7 / 8, abs=2)
