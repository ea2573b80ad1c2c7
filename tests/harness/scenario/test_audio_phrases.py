"""Figures of what is heard: which of them say something, and what is written in place of those that do not."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from phone_recorder.harness.scenario.audio_phrases import Audio
from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.expected import AudioIs
from phone_recorder.harness.scenario.places import ScenarioError
from phone_recorder.harness.scenario.yaml_tree import parse_tree


def read(text: str) -> AudioIs:
    """What is expected of the sound by one line."""
    ((audio, _, _),) = Audio().read(parse_tree(text, Path("one.scenario.yaml")))
    return audio


@pytest.mark.parametrize(
    ("written", "bound"),
    [
        ("> 0.9", Bound(0.9, inf, "> 0.9", True)),
        (">= 0.9", Bound(0.9, inf, ">= 0.9")),
        ("at least 0.9", Bound(0.9, inf, "at least 0.9")),
        ("0.9", Bound(0.9, inf, "at least 0.9")),
        ("90 %", Bound(0.9, inf, "at least 90 %")),
        ("0.9 to 1", Bound(0.9, inf, "0.9 to 1")),
    ],
)
@pytest.mark.parametrize(
    "form", ["contains: 'near, likeness {}'", "lacks: 'near, likeness {}'", "tone: '440 Hz, share {}'"]
)
def test_a_likeness_and_a_share_have_a_least(form: str, written: str, bound: Bound) -> None:
    assert read(form.format(written)).bound == bound


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("lacks: 'near, likeness < 0.3'", "likeness < 0.3 has an upper end: write the least likeness, such as likene"),
        ("lacks: 'near, likeness at most 0.3'", "likeness at most 0.3 has an upper end: write the least likeness"),
        ("lacks: 'near, likeness 0 to 0.3'", "likeness 0 to 0.3 has an upper end: write the least likeness"),
        ("contains: 'near, likeness <= 0.99'", "likeness <= 0.99 has an upper end: write the least likeness"),
        ("contains: 'near, likeness > 0'", "likeness > 0 is so of anything or of nothing: write one between 0 and 1"),
        ("lacks: 'near, likeness > 1'", "likeness > 1 is so of anything or of nothing: write one between 0 and 1"),
        ("tone: '440 Hz, share < 0.5'", "share < 0.5 has an upper end: write the least share, such as share > 0.9"),
        ("tone: '440 Hz, share >= 0'", "share >= 0 is so of anything or of nothing: write one between 0 and 1"),
        ("silent: below 0 dB", "below 0 dB is so of anything: 0 dB is full scale, so write less, such as -20 dB"),
        ("level: at most 0 dB", "at most 0 dB is so of anything: 0 dB is full scale, so write less, such as -20 dB"),
    ],
)
def test_a_figure_that_nothing_could_miss_is_refused_with_what_to_write(text: str, told: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        read(text)
    assert told in str(refused.value)


@pytest.mark.parametrize("text", ["level: at most -20 dB", "level: '> -30 dB'", "silent: below -0.1 dB", "silent:"])
def test_a_level_that_something_could_miss_is_read(text: str) -> None:
    assert read(text).kind in ("level", "silent")
