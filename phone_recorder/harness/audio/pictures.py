"""Samples as a report draws and plays them: an outline, a spectrogram, and a WAV file. Numbers alone."""

from __future__ import annotations

import wave
from io import BytesIO
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from phone_recorder.harness.audio.levels import FLOOR_DB, FULL_SCALE
from phone_recorder.harness.audio.samples import Samples
from phone_recorder.recording.units import SECOND, from_ms

_WINDOW = from_ms(32)


def outline(samples: Samples, columns: int) -> NDArray[np.int16]:
    """The least and the greatest sample of each column, an array of (columns, 2); zeros where there are no samples."""
    found = np.zeros((columns, 2), np.int16)
    for number, (start, end) in enumerate(_columns(len(samples), columns)):
        if start < end:
            found[number] = samples[start:end].min(), samples[start:end].max()
    return found


def spectrogram(samples: Samples, columns: int) -> NDArray[np.float32]:
    """The level in dB at each frequency and time: an array of (129, columns), from 0 Hz up to 4000 Hz.

    0 dB is a sine at full scale; a column is a window of 32 ms in the middle of its time.
    """
    padded = np.pad(samples, _WINDOW // 2)
    middles = [(start + end) // 2 for start, end in _columns(len(samples), columns)]
    windows = np.array([padded[middle : middle + _WINDOW] for middle in middles], np.float32).reshape(-1, _WINDOW)
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    size = np.abs(np.fft.rfft(windows * window, axis=1)) / (FULL_SCALE * window.sum() / 2)
    levels: NDArray[np.float32] = 20 * np.log10(np.maximum(size, 1e-9)).T.astype(np.float32)
    return np.maximum(levels, np.float32(FLOOR_DB))


def wav_bytes(samples: Samples) -> bytes:
    """A RIFF WAV file: 8 kHz, mono, 16 bit."""
    file = BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, SECOND, 0, "NONE", ""))
        writer.writeframes(samples.astype("<i2").tobytes())
    return file.getvalue()


def _columns(length: int, columns: int) -> list[tuple[int, int]]:
    """From and to of each column; some are empty where there are more columns than samples."""
    edges = np.linspace(0, length, columns + 1).astype(int).tolist()
    return list(pairwise(edges))
