"""How loud a frame of the mix is, and its legs."""

from __future__ import annotations

from array import array
from time import process_time

import pytest

from phone_recorder.media.codecs import encoder
from phone_recorder.media.mixing import Piece
from phone_recorder.phone.levels import Levels, levels_of
from phone_recorder.recording.mixer import Summed
from phone_recorder.wire.payload import CODECS, G722, PCMA, PCMU, Codec
from tests.phone.rig import START, Rig
from tests.signals import sine

FRAME = 160


def said(codec: Codec, level: float, hz: int = 500) -> Piece:
    """The tenth frame of a sine."""
    return Piece(codec, encoder(codec, codec.sample_rate).encode(sine(hz, 0.2, codec.sample_rate, level))[-FRAME:])


@pytest.mark.parametrize("codec", [PCMU, PCMA], ids=str)
def test_each_leg_and_their_sum(codec: Codec) -> None:
    levels = levels_of(Summed(said(codec, 0.5), said(codec, 0.05), None), FRAME)
    assert levels.near_db == pytest.approx(-9.03, abs=0.2)
    assert levels.far_db == pytest.approx(-29.03, abs=0.2)
    assert levels.mix_db == pytest.approx(-8.2, abs=0.2)


def test_the_sum_is_saturated_as_what_is_recorded_is() -> None:
    levels = levels_of(Summed(said(PCMU, 0.95), said(PCMU, 0.95), None), FRAME)
    assert levels.mix_db is not None
    assert -1.5 < levels.mix_db < 0


def test_g722_is_near_enough_for_a_meter() -> None:
    loud, soft = (levels_of(Summed(said(G722, level), None, None), FRAME) for level in (0.5, 0.005))
    assert loud.near_db is not None
    assert soft.near_db is not None
    assert loud.near_db - soft.near_db > 10
    assert loud.mix_db == loud.near_db


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_silence_and_nothing_have_no_level(codec: Codec) -> None:
    silence = Piece(codec, codec.silence(FRAME))
    assert levels_of(Summed(silence, None, None), FRAME) == Levels()
    assert levels_of(None, FRAME) == Levels()


@pytest.mark.parametrize(("place", "expected"), [(0, True), (3840, True), (4000, False), (40_160, True), (None, False)])
def test_the_record_tone_is_in_the_mix_alone(place: int | None, expected: bool) -> None:
    levels = levels_of(Summed(None, None, place), FRAME)
    assert (levels.near_db, levels.far_db) == (None, None)
    assert (levels.mix_db is not None) is expected
    if expected:
        assert levels.mix_db == pytest.approx(-20, abs=1.5)


def test_a_call_has_none_unless_they_are_watched() -> None:
    rig = Rig("").run(until_s=0.2)
    assert rig.call.levels() is None
    rig.call.watch_levels(True)
    assert rig.call.levels() == Levels()
    rig.run(until_s=0.4)
    levels = rig.call.levels()
    assert levels is not None
    assert levels.near_db == levels.mix_db
    assert levels.near_db is not None
    assert levels.far_db is None
    rig.call.watch_levels(False)
    assert rig.call.levels() is None
    rig.call.watch_levels(True)
    assert rig.run().call.levels() is None, "the call is over"


@pytest.mark.parametrize("codec", CODECS, ids=str)
@pytest.mark.parametrize("tone", [False, True])
def test_levels_change_no_byte_of_a_recording(codec: Codec, tone: bool) -> None:
    keys = "0.1 record, 0.4 pause, 0.5 resume, 0.8 record"
    watched, alone = Rig(keys, codec=codec, tone=tone), Rig(keys, codec=codec, tone=tone).run()
    watched.call.watch_levels(True)
    found = set()
    while not watched.call.over:
        watched.run(until_s=(watched.now - START) / 8000 + 0.1)
        found.add(watched.call.levels())
    assert watched.recorded == alone.recorded
    assert len(found) > 3


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_ten_times_a_second_they_cost_little(codec: Codec) -> None:
    last = Summed(said(codec, 0.5), said(codec, 0.1), 0)
    levels_of(last, FRAME)
    began = process_time()
    for _ in range(100):
        levels_of(last, FRAME)
    assert (process_time() - began) / 10 < 0.01, "of a core"


def test_samples_at_the_ends_of_the_range() -> None:
    loudest = Piece(PCMU, encoder(PCMU, 8000).encode(array("h", [32767, -32768] * 80)))
    levels = levels_of(Summed(loudest, loudest, None), FRAME)
    assert levels.mix_db == pytest.approx(0, abs=0.05)
