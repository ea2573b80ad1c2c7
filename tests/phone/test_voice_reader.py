from __future__ import annotations

from array import array
from itertools import chain, repeat

import pytest

from phone_recorder.phone.voice_reader import VoiceReader


def pieces(*sizes: int) -> list[array[int]]:
    numbers = iter(range(10_000))
    return [array("h", [next(numbers) for _ in range(size)]) for size in sizes]


@pytest.mark.parametrize("sizes", [(320,), (1,) * 320, (160, 160), (100, 220), (319, 1)])
@pytest.mark.parametrize("count", [1, 40, 160, 320])
def test_samples_come_in_order_whatever_the_pieces(sizes: tuple[int, ...], count: int) -> None:
    reader = VoiceReader(iter(pieces(*sizes)), 8000)
    assert [list(reader.read(count)) for _ in range(320 // count)] == [
        list(range(start, start + count)) for start in range(0, 320, count)
    ]


def test_after_the_voice_comes_silence() -> None:
    reader = VoiceReader(iter(pieces(3)), 8000)
    assert [list(reader.read(2)) for _ in range(3)] == [[0, 1], [2, 0], [0, 0]]


def test_a_voice_that_has_nothing_for_now_is_silent_for_now() -> None:
    first, last = pieces(2, 2)
    reader = VoiceReader(iter([first, array("h"), last]), 8000)
    assert [list(reader.read(count)) for count in (4, 2)] == [[0, 1, 0, 0], [2, 3]]
    assert list(VoiceReader(chain(repeat(array("h"))), 8000).read(3)) == [0, 0, 0]


def test_nothing_is_taken_of_a_voice_before_it_is_needed() -> None:
    voice = iter(pieces(10, 10))
    reader = VoiceReader(voice, 8000)
    assert len(reader.read(0)) == 0
    reader.read(10)
    assert len(next(voice)) == 10
