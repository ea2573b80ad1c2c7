"""Sines in, sines out: frequency, level, length; and the same however the stream is cut."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.media.resample import Resampler
from tests.media.reference import amplitude_at, rising_crossings, sine

RATES = [(8000, 16000), (16000, 8000), (44100, 8000), (22050, 16000), (48000, 8000), (11025, 16000), (8000, 48000)]

all_rates = pytest.mark.parametrize(("rate_in", "rate_out"), RATES)


def ceil_div(a: int, b: int) -> int:
    return -(-a // b)


@all_rates
@pytest.mark.parametrize("frequency", [100, 1000, 3000])
def test_a_tone_keeps_its_frequency_and_level(rate_in: int, rate_out: int, frequency: int) -> None:
    pcm = Resampler(rate_in, rate_out).feed(sine(rate_in, frequency, 10000, rate_in // 4))
    # The first 50 ms have the filter's start in them; 200 ms are whole periods.
    steady = pcm[rate_out // 20 :]
    assert amplitude_at(steady, rate_out, frequency) == pytest.approx(10000, rel=0.01)
    assert rising_crossings(steady) == pytest.approx(frequency / 5, abs=1)
    # Nothing else is in it: the power is the tone's.
    assert sum(s * s for s in steady) / len(steady) == pytest.approx(10000**2 / 2, rel=0.02)


@pytest.mark.parametrize("frequency", [4700, 6000, 7500])
def test_what_the_lower_rate_cannot_carry_is_filtered_out(frequency: int) -> None:
    pcm = Resampler(16000, 8000).feed(sine(16000, frequency, 10000, 4000))[200:]
    assert max(map(abs, pcm)) < 100


def test_the_higher_rate_has_no_images() -> None:
    pcm = Resampler(8000, 16000).feed(sine(8000, 1000, 10000, 2000))[800:]
    assert amplitude_at(pcm, 16000, 7000) < 10


@all_rates
@pytest.mark.parametrize("samples", [0, 1, 2, 159, 160, 441, 1000])
def test_the_length_is_the_inputs_rounded_up(rate_in: int, rate_out: int, samples: int) -> None:
    assert len(Resampler(rate_in, rate_out).feed(array("h", bytes(2 * samples)))) == ceil_div(
        samples * rate_out, rate_in
    )


@pytest.mark.parametrize(
    ("rate_in", "rate_out", "size", "expected"), [(8000, 16000, 160, 320), (16000, 8000, 320, 160)]
)
def test_each_frame_of_a_call_has_its_length(rate_in: int, rate_out: int, size: int, expected: int) -> None:
    resampler = Resampler(rate_in, rate_out)
    frame = array("h", [1000] * size)
    assert [len(resampler.feed(frame)) for _ in range(5)] == [expected] * 5


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(RATES), st.lists(st.integers(0, 120), max_size=6))
def test_a_stream_in_chunks_gives_the_same_as_whole(rates: tuple[int, int], sizes: list[int]) -> None:
    whole = sine(8000, 440, 10000, sum(sizes))
    resampler = Resampler(*rates)
    chunked = array("h")
    start = 0
    for size in sizes:
        chunked += resampler.feed(whole[start : start + size])
        start += size
    assert chunked == Resampler(*rates).feed(whole)


def test_equal_rates_change_nothing() -> None:
    pcm = sine(8000, 440, 32767, 160)
    assert Resampler(8000, 8000).feed(pcm) == pcm


def test_the_loudest_square_wave_is_held_and_does_not_wrap() -> None:
    pcm = Resampler(8000, 16000).feed(array("h", ([32767] * 20 + [-32768] * 20) * 20))
    assert (max(pcm), min(pcm)) == (32767, -32768)
    # Overshoot that wrapped would cross zero more often than 19 periods do; the filter's start is left out.
    assert rising_crossings(pcm[80:]) == 19


def test_an_impulse_comes_out_13_samples_later() -> None:
    pcm = Resampler(8000, 16000).feed(array("h", [0] * 50 + [10000] + [0] * 100))
    assert max(range(len(pcm)), key=pcm.__getitem__) == 2 * (50 + 13)
