"""The rule of G.711 and of the mix in arrays, against the one that a lone call uses: every sample, every pair."""

from __future__ import annotations

from array import array
from itertools import product

import numpy as np
import pytest

from phone_recorder.bulk.offline.gather import Gather, encode, mix_table
from phone_recorder.bulk.offline.plain import Plain
from phone_recorder.media import g711, mixing
from phone_recorder.wire.payload import Codec

EVERY_CODE = bytes(range(256))
FIRST = bytes(code for code in EVERY_CODE for _ in EVERY_CODE)
SECOND = EVERY_CODE * 256


@pytest.mark.parametrize("law", g711.LAWS, ids=str)
def test_every_sample_has_the_same_code(law: Codec) -> None:
    samples = np.arange(-32768, 32768, dtype=np.int32)
    assert encode(law, samples).tobytes() == g711.encode(law, array("h", range(-32768, 32768)))


@pytest.mark.parametrize(("a", "b", "out"), [*product(g711.LAWS, repeat=3)], ids=str)
def test_the_table_is_that_of_a_lone_call(a: Codec, b: Codec, out: Codec) -> None:
    assert mix_table(a, b, out).tobytes() == mixing.mix_table(a, b, out)


@pytest.mark.parametrize("out", [*g711.LAWS, None], ids=str)
@pytest.mark.parametrize(("a", "b"), [*product(g711.LAWS, repeat=2)], ids=str)
def test_with_numpy_and_without_every_pair_gives_the_same(a: Codec, b: Codec, out: Codec | None) -> None:
    sides = memoryview(FIRST), memoryview(SECOND)
    quick, plain = Gather(a, b, out, len(FIRST)), Plain(a, b, out)
    assert bytes(quick.both(*sides)) == plain.both(*sides)
    for side in (0, 1):
        assert bytes(quick.alone(side, memoryview(EVERY_CODE))) == plain.alone(side, memoryview(EVERY_CODE))


def test_fewer_than_the_most_are_mixed_alone() -> None:
    gather = Gather(g711.LAWS[0], g711.LAWS[1], g711.LAWS[0], 1000)
    whole = bytes(gather.both(memoryview(FIRST[-1000:]), memoryview(SECOND[-1000:])))
    assert bytes(gather.both(memoryview(FIRST[-1000:-900]), memoryview(SECOND[-1000:-900]))) == whole[:100]
