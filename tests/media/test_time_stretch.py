"""Tones and speech, slower and faster: how long they are, how high, how loud; and the same however they are cut."""

from __future__ import annotations

import wave
from array import array
from itertools import pairwise
from math import log10, nan, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.errors import UsageError
from phone_recorder.media import pcm
from phone_recorder.media.time_stretch import FASTEST, SLOWEST, TimeStretch
from tests.media.reference import SPEECH, amplitude_at, rising_crossings, sine

PACKET_MS = 20
BLOCK_MS = 24

all_rates = pytest.mark.parametrize("rate", [8000, 16000])
all_speeds = pytest.mark.parametrize("speed", [0.5, 0.75, 1.25, 1.5, 2.0])


def stretched(samples: array[int], rate: int, speed: float) -> array[int]:
    """All of it, fed a packet at a time."""
    stretch, packet = TimeStretch(rate, speed), rate * PACKET_MS // 1000
    out = array("h")
    for start in range(0, len(samples), packet):
        out += stretch.feed(samples[start : start + packet])
    return out + stretch.rest()


def rms(samples: array[int]) -> float:
    return sqrt(sum(sample * sample for sample in samples) / len(samples))


def decibels(ratio: float) -> float:
    return 20 * log10(ratio)


def recorded(name: str, rate: int) -> array[int]:
    with wave.open(str(SPEECH / f"{name}.wav")) as file:
        samples = array("h", file.readframes(file.getnframes()))
    return samples[:: 16000 // rate]


@all_rates
@all_speeds
@pytest.mark.parametrize("ms", [1000, 1013, 4567])
def test_the_time_is_the_inputs_by_the_speed(rate: int, speed: float, ms: int) -> None:
    samples = rate * ms // 1000
    out = stretched(sine(rate, 440, 10000, samples), rate, speed)
    assert len(out) == pytest.approx(samples / speed, rel=0.01)


@all_rates
@all_speeds
@pytest.mark.parametrize("frequency", [100, 250, 440, 1234.5, 3000])
def test_a_tone_keeps_its_pitch(rate: int, speed: float, frequency: float) -> None:
    out = stretched(sine(rate, frequency, 10000, 2 * rate), rate, speed)
    assert rising_crossings(out) == pytest.approx(frequency * len(out) / rate, rel=0.005, abs=2)


@all_rates
@all_speeds
@pytest.mark.parametrize("frequency", [100, 250, 440, 1234.5, 3000])
def test_a_tone_keeps_its_level_all_the_time(rate: int, speed: float, frequency: float) -> None:
    out = stretched(sine(rate, frequency, 10000, rate), rate, speed)
    # Whole periods; the last block goes over to the input's end, wherever its wave is.
    window = round(round(frequency / 25) * rate / frequency)
    levels = [rms(out[i : i + window]) for i in range(0, len(out) - window - BLOCK_MS * rate // 500, window)]
    assert len(levels) > 5
    assert max(abs(decibels(level / (10000 / sqrt(2)))) for level in levels) < 1


@all_rates
@all_speeds
def test_nothing_is_heard_beside_a_tone(rate: int, speed: float) -> None:
    out = stretched(sine(rate, 1000, 10000, rate), rate, speed)
    steady = out[: len(out) // 2 - len(out) // 2 % (rate // 1000)]
    assert amplitude_at(steady, rate, 1000) == pytest.approx(10000, rel=0.02)
    assert rms(steady) == pytest.approx(10000 / sqrt(2), rel=0.02)


@all_rates
@all_speeds
def test_silence_stays_silence(rate: int, speed: float) -> None:
    assert not any(stretched(pcm.silence(rate), rate, speed))


@all_speeds
@pytest.mark.parametrize("edge", [32767, -32768])
def test_the_loudest_sample_stays_what_it_is(speed: float, edge: int) -> None:
    assert set(stretched(array("h", [edge]) * 8000, 8000, speed)) == {edge}


@all_rates
@all_speeds
@pytest.mark.parametrize("name", ["near_en", "far_zh"])
def test_speech_keeps_its_level(rate: int, speed: float, name: str) -> None:
    samples = recorded(name, rate)
    out = stretched(samples, rate, speed)
    assert decibels(rms(out) / rms(samples)) == pytest.approx(0, abs=0.5)
    assert len(out) == pytest.approx(len(samples) / speed, rel=0.01)


@all_rates
def test_at_speed_1_every_sample_comes_out_at_once_as_it_is(rate: int) -> None:
    stretch, samples = TimeStretch(rate, 1.0), recorded("near_en", rate)
    assert stretch.feed(samples) == samples
    assert stretch.feed(samples[:3]) == samples[:3]
    assert not stretch.rest()


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([8000, 16000]),
    st.floats(SLOWEST, FASTEST),
    st.lists(st.integers(0, 700), max_size=12),
)
def test_a_stream_in_pieces_gives_the_same_as_whole(rate: int, speed: float, sizes: list[int]) -> None:
    whole = recorded("far_en", rate)[rate : rate + sum(sizes)]
    stretch = TimeStretch(rate, speed)
    pieces = array("h")
    start = 0
    for size in sizes:
        pieces += stretch.feed(whole[start : start + size])
        start += size
    pieces += stretch.rest()
    at_once = TimeStretch(rate, speed)
    assert pieces == at_once.feed(whole) + at_once.rest()
    # Never longer by more than two blocks' overlap, nor shorter.
    assert abs(len(pieces) - len(whole) / speed) <= BLOCK_MS * rate // 1000


@all_speeds
def test_what_is_fed_is_not_kept_for_long(speed: float) -> None:
    """It is given out as it comes: what is behind is no more than 31 ms of input, and a block."""
    stretch, samples, behind = TimeStretch(8000, speed), recorded("near_en", 8000), []
    out = 0
    for start in range(0, 16000, 160):
        out += len(stretch.feed(samples[start : start + 160]))
        behind.append((start + 160) / speed - out)
    assert max(behind) <= 0.031 * 8000 / speed + BLOCK_MS * 8


@all_speeds
def test_it_begins_and_ends_as_its_input_so_that_the_next_stream_does_not_click(speed: float) -> None:
    samples = recorded("near_en", 8000)[8000:16000]
    out = stretched(samples, 8000, speed)
    assert out[:128] == samples[:128]
    assert out[-8:] == samples[-8:]


@pytest.mark.parametrize(("before", "after"), [(1.0, 1.5), (1.5, 0.75), (0.5, 2.0), (2.0, 1.0)])
def test_two_speeds_one_after_the_other_do_not_click(before: float, after: float) -> None:
    tone = sine(8000, 440, 10000, 8000)
    first, then = TimeStretch(8000, before), TimeStretch(8000, after)
    out = first.feed(tone[:4000]) + first.rest() + then.feed(tone[4000:])
    steps = [abs(b - a) for a, b in pairwise(tone)]
    assert max(abs(b - a) for a, b in pairwise(out)) < 1.2 * max(steps)


@all_speeds
@pytest.mark.parametrize("samples", [0, 1, 5, 160, 191])
def test_what_is_shorter_than_a_block_is_given_as_it_is(speed: float, samples: int) -> None:
    tone = sine(8000, 440, 10000, samples)
    stretch = TimeStretch(8000, speed)
    assert stretch.feed(tone) + stretch.rest() == tone


@pytest.mark.parametrize("speed", [0.0, -1.0, 0.49, 2.01, 100.0, nan])
def test_a_speed_out_of_range_is_refused(speed: float) -> None:
    with pytest.raises(UsageError, match=r"^speed \S+ is not possible: give a factor from 0.5 to 2$"):
        TimeStretch(8000, speed)
