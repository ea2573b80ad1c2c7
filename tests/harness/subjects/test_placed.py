"""Where a voice is in a recording, when nobody knows when it was said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from phone_recorder.harness.subjects.placed import best_place, place_voices
from tests.harness.audio.recordings import NEAR, Call, recorded

RANDOM = np.random.default_rng(1)
VOICE = (RANDOM.standard_normal(24_000) * 3000).astype(np.int16)
OTHER = (RANDOM.standard_normal(40_000) * 3000).astype(np.int16)


def with_voice_at(place: int) -> np.ndarray:
    """Five seconds of somebody else, and the voice on top from there on."""
    sound = OTHER.copy()
    first, last = max(place, 0), min(place + len(VOICE), len(sound))
    sound[first:last] += VOICE[first - place : last - place]
    return sound


@pytest.mark.parametrize("place", [0, 1, 7777, 16_000, 30_000, -12_345])
def test_it_is_found_to_the_sample_if_half_a_second_of_it_is_there(place: int) -> None:
    assert best_place(with_voice_at(place), VOICE) == place


@pytest.mark.parametrize(("sound", "voice"), [(OTHER[:0], VOICE), (OTHER, VOICE[:0]), (OTHER, VOICE * 0)])
def test_of_nothing_any_place_is_as_good(sound: np.ndarray, voice: np.ndarray) -> None:
    assert best_place(sound, voice) == 0


@pytest.mark.parametrize("said_in", ["PCMU", "G722"])
def test_a_voice_is_found_to_the_sample_in_g722_whatever_it_was_said_in(said_in: str, tmp_path: Path) -> None:
    call = Call(NEAR, "none", 4, "G722", said_in)
    said = {"near": call.evidence().said["near"]}
    placed = place_voices(recorded(tmp_path, call.frames(), "G722"), said)
    assert placed is not None
    assert abs(placed["near"].at) <= 1
