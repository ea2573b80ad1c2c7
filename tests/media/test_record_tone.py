"""The record tone as samples: what it is, and that it is the same however it is cut."""

from __future__ import annotations

import pytest

from phone_recorder.media.record_tone import LENGTH, PERIOD, begin, samples, sounds
from tests.signals import joined, level_at

RATES = [8000, 16000]


@pytest.mark.parametrize("rate", RATES)
def test_it_is_half_a_second_of_440_hz_20_db_under_full_scale(rate: int) -> None:
    tone = samples(0, LENGTH, rate)
    assert len(tone) == rate // 2
    assert level_at(440, tone, rate) == pytest.approx(2**0.5 / 10, rel=0.01)
    assert level_at(660, tone, rate) < 0.001


@pytest.mark.parametrize("rate", RATES)
def test_it_begins_and_ends_without_a_click(rate: int) -> None:
    tone = samples(-8, LENGTH + 16, rate)
    loudest = max(tone)
    for quiet in (tone[: rate // 500], tone[-rate // 500 :]):
        assert max(map(abs, quiet)) < loudest / 4
    assert not any(tone[: 8 * rate // 8000])
    assert not any(tone[-8 * rate // 8000 :])


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("size", [80, 160, 240, 320, 480])
@pytest.mark.parametrize("offset", [0, 40])
def test_however_it_is_cut_it_is_the_same(rate: int, size: int, offset: int) -> None:
    places = range(PERIOD * 2 - 4 * size + offset, PERIOD * 2 + LENGTH + 4 * size, size)
    found = [samples(begin(place), size, rate) for place in places]
    length = len(places) * size
    assert joined(found) == samples(places[0] - 2 * PERIOD, length, rate)
    for place, piece in zip(places, found, strict=True):
        assert len(piece) == size * rate // 8000
        assert any(piece) <= sounds(place, size)
    assert sum(sounds(place, size) for place in places) <= LENGTH // size + 2


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (0, True),
        (LENGTH - 1, True),
        (LENGTH, False),
        (PERIOD - 160, False),
        (PERIOD - 159, True),
        (PERIOD, True),
        (7 * PERIOD + LENGTH - 1, True),
        (7 * PERIOD + LENGTH, False),
    ],
)
def test_it_sounds_at_0_s_5_s_10_s(place: int, expected: bool) -> None:
    assert sounds(place, 160) is expected
