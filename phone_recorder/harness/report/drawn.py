"""Samples as they are drawn: the waveform as an SVG path, the spectrogram as shades of a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from phone_recorder.harness.audio.pictures import outline, spectrogram
from phone_recorder.harness.audio.samples import Samples
from phone_recorder.harness.report.axis import INNER, LEFT
from phone_recorder.recording.units import from_ms

HALF_WAVE = 30
"""Half the height of a waveform."""
QUIETEST_DB, LOUDEST_DB = -90.0, -10.0
"""Of the spectrogram's darkest and lightest shade."""
HOP = from_ms(16)
MOST_LOOKS = 4
"""Into a column of the spectrogram; it has the loudest of what is seen."""


def wave_path(samples: Samples) -> str:
    """The waveform as a line from each column's lowest to its highest sample."""
    columns = outline(samples, min(INNER, len(samples)))
    width = INNER / len(columns)
    places = np.rint(HALF_WAVE - columns / 32768 * HALF_WAVE).astype(int)
    lines = (f"M{LEFT + width * i:.0f} {low}V{high - 1}" for i, (low, high) in enumerate(places.tolist()))
    return "".join(lines)


def shades(samples: Samples) -> tuple[int, Sequence[bytes]]:
    """The spectrogram's width, and its rows, highest frequency first."""
    width = min(INNER, -(-len(samples) // HOP))
    looks = min(MOST_LOOKS, max(len(samples) // (width * HOP), 1))
    power = spectrogram(samples, width * looks)
    loudest = power.reshape(-1, width, looks).max(axis=2)
    levels = np.clip((loudest - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB) * 255, 0, 255).astype(np.uint8)
    return width, [row.tobytes() for row in levels[::-1]]
