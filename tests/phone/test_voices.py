from __future__ import annotations

from array import array
from itertools import islice

import pytest

from phone_recorder.media.codecs import decoder
from phone_recorder.phone.voices import TONE_LEVEL, repeated, then_silence, tone
from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec
from tests.signals import level_at


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("hertz", [20, 440, 3400])
def test_a_tone_is_2_s_of_its_frequency_at_its_level(hertz: int, rate: int) -> None:
    samples = tone(hertz, rate)
    assert len(samples) == 2 * rate
    assert abs(level_at(hertz, samples, rate) * 32767 - TONE_LEVEL) < TONE_LEVEL * 0.02


def test_a_tone_repeats_without_a_seam() -> None:
    samples = tone(441, 8000)
    steps = [abs(b - a) for a, b in zip(samples, samples[1:] + samples[:1], strict=True)]
    assert steps[-1] <= max(steps[:-1])


@pytest.mark.parametrize("turn", [0, 1])
def test_a_tone_that_takes_turns_is_silent_in_the_other_second(turn: int) -> None:
    samples = tone(440, 8000, turn)
    speaking, silent = (samples[8000 * n : 8000 * (n + 1)] for n in (turn, 1 - turn))
    assert not any(silent)
    assert level_at(440, speaking, 8000) * 32767 > TONE_LEVEL * 0.98


def test_two_tones_never_clip() -> None:
    assert max(a + b for a, b in zip(tone(440, 8000), tone(440, 8000), strict=True)) < 32767


def test_over_and_over() -> None:
    voice = array("h", [4000] * 160 + [-4000] * 160)
    said = repeated([voice], PCMU, 160)
    assert [next(said)[0] for _ in range(4)] == [0xAF, 0x2F, 0xAF, 0x2F]


def test_g722_does_not_click_where_a_tone_begins_again() -> None:
    said = repeated([tone(440, 16000)], G722, 160)
    pcm = array("h")
    decoding = decoder(G722, 16000)
    for _ in range(250):
        pcm += decoding.decode(next(said))
    assert max(map(abs, pcm)) < 9000


@pytest.mark.parametrize(("codec", "code"), [(PCMU, b"\xff"), (PCMA, b"\xd5"), (G722, b"\xfa")])
def test_who_has_said_all_sends_silence(codec: Codec, code: bytes) -> None:
    assert list(islice(then_silence([b"a"], codec, 80), 3)) == [b"a", code * 80, code * 80]
