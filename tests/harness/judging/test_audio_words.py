"""What is expected of the audio, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.harness.judging.audio_words import phrase
from phone_recorder.harness.scenario.bound import Bound, Span
from phone_recorder.harness.scenario.expected import AudioIs
from phone_recorder.recording.units import SECOND

TWO_TO_FIVE = Span(2 * SECOND, 5 * SECOND)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        (AudioIs("contains", ("far",), TWO_TO_FIVE), "contains far between 2 s and 5 s, likeness > 0.95"),
        (AudioIs("contains", ("near", "far"), bound=Bound(0.5, text="> 0.5")), "contains near, far, likeness > 0.5"),
        (
            AudioIs("contains", ("far",), bound=Bound(0.5, text="likeness > 0.5")),
            "contains far, likeness > 0.5",
        ),
        (AudioIs("lacks", ("near",), Span(2 * SECOND)), "lacks near from 2 s on"),
        (AudioIs("lacks", ("near",), bound=Bound(0.5, text="> 0.5")), "lacks near, likeness > 0.5"),
        (AudioIs("silent", span=TWO_TO_FIVE), "silent between 2 s and 5 s, below -60 dB"),
        (AudioIs("silent", bound=Bound(high=-50, text="below -50 dB")), "silent, below -50 dB"),
        (AudioIs("level", bound=Bound(-21, -19, "-20 dB ± 1 dB")), "level -20 dB ± 1 dB"),
        (AudioIs("level", bound=Bound(-21, -19)), "level -21 to -19"),
        (AudioIs("level", bound=Bound(low=-21)), "level at least -21"),
        (AudioIs("level", bound=Bound(high=-19)), "level at most -19"),
        (AudioIs("tone", span=Span(0, SECOND), hertz=440), "tone 440 Hz between 0 s and 1 s, share > 0.9"),
        (AudioIs("only", ("far",)), "only far"),
        (AudioIs("no clicks"), "no clicks"),
        (AudioIs("no clicks", span=TWO_TO_FIVE), "no clicks between 2 s and 5 s"),
        (AudioIs("equals", ("near", "far")), "equals near + far"),
        (AudioIs("equals", file=Path("/somewhere/expected.wav")), "equals expected.wav"),
        (AudioIs("in step", ("near", "far")), "in step near, far, within 20 ms"),
    ],
)
def test_defaults_are_filled_in(what: AudioIs, text: str) -> None:
    assert phrase(what) == text
