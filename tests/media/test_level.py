"""How loud a payload is, against what the levels of known signals are."""

from __future__ import annotations

import math
from array import array

import pytest

from phone_recorder.media import codecs
from phone_recorder.media.level import level_db
from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec


def sine(codec: Codec, amplitude: float, packets: int = 1) -> bytes:
    rate = codec.sample_rate
    samples = array(
        "h", (round(amplitude * math.sin(2 * math.pi * 400 * n / rate)) for n in range(rate // 50 * packets))
    )
    return codecs.encoder(codec, rate).encode(samples)


@pytest.mark.parametrize("codec", [PCMU, PCMA])
@pytest.mark.parametrize("amplitude", [30000, 3000, 300])
def test_a_sine_is_3_db_below_its_peak(codec: Codec, amplitude: int) -> None:
    expected = 20 * math.log10(amplitude / 32768) - 3.01
    level = level_db(codec, sine(codec, amplitude))
    assert level == pytest.approx(expected, abs=0.5)


def test_g722_is_near_enough_for_a_meter() -> None:
    loud, soft = (level_db(G722, sine(G722, amplitude, 10)[-160:]) for amplitude in (20000, 200))
    assert loud is not None
    assert soft is not None
    assert loud - soft > 10


@pytest.mark.parametrize("codec", [PCMU, PCMA])
def test_nothing_has_no_level(codec: Codec) -> None:
    assert level_db(codec, b"") is None


def test_silence() -> None:
    assert level_db(PCMU, b"\xff" * 160) is None
    assert level_db(PCMA, b"\xd5" * 160) == pytest.approx(-72, abs=1)
