from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phone_recorder.bulk.pattern import LABEL_SIZE, LONGEST, expected, find, pattern
from phone_recorder.media import g711
from phone_recorder.media.mixing import Piece, mix_g711
from phone_recorder.wire.payload import PCMA, PCMU, Codec

FLOWS = st.integers(0, 2**31 - 1)
FRAMES = st.integers(0, 2**32 - 1)


@given(st.lists(st.tuples(FLOWS, FRAMES), min_size=1, max_size=30), st.sampled_from([80, 160, 240, 480]))
def test_a_frame_says_whose_it_is_and_which(which: list[tuple[int, int]], size: int) -> None:
    flows, frames = (np.array(column) for column in zip(*which, strict=True))
    payloads = pattern(flows, frames, size)
    assert payloads.shape == (len(which), size)
    assert [column.tolist() for column in find(payloads)] == [flows.tolist(), frames.tolist()]


def test_a_frame_is_a_function_of_its_numbers_alone() -> None:
    together = pattern(np.arange(100), np.arange(100) * 3, 160)
    one_by_one = [pattern(np.array([n]), np.array([3 * n]), 160)[0] for n in range(100)]
    assert (together == one_by_one).all()
    # The first bytes of one of them, once and for all: files of one version are checked by another.
    assert pattern(np.array([5]), np.array([1000]), 16).tobytes().hex() == "40404040d0404047e84ff045fbc7c36b"


def test_neighbours_are_not_alike() -> None:
    """Of 160 bytes at least 140 differ: a frame is told from its neighbours by nearly all of it."""
    flows, frames = np.repeat(np.arange(50), 50), np.tile(np.arange(50), 50)
    payloads = pattern(flows, frames, 160)
    for step in (1, 2, 50, 51):
        assert (payloads[step:] != payloads[:-step]).sum(axis=1).min() >= 140


def test_one_wrong_byte_is_found_wherever_it_is() -> None:
    payloads = np.repeat(pattern(np.array([7]), np.array([9]), 160), 160, axis=0)
    payloads[np.arange(160), np.arange(160)] ^= 1
    flows, frames = find(payloads)
    assert set(flows) == set(frames) == {-1}


@pytest.mark.parametrize("law", [PCMU, PCMA], ids=str)
def test_it_is_no_louder_than_24_db_below_full_scale_in_either_law(law: Codec) -> None:
    payloads = pattern(np.arange(1000), np.arange(1000), 160)
    samples = g711.decode(law, payloads.tobytes())
    assert max(map(abs, samples)) < 32768 * 10 ** (-24 / 20)
    # Silence, which stands for what was lost, is in none of it by chance.
    assert np.count_nonzero(payloads == law.silence_byte) / payloads.size < 0.02


@pytest.mark.parametrize(("a", "b", "out"), list(product((PCMU, PCMA), repeat=3)), ids=str)
def test_what_is_expected_of_a_mix_is_what_the_mixer_makes(a: Codec, b: Codec, out: Codec) -> None:
    one, two = pattern(np.arange(5), np.arange(5), 160), pattern(np.arange(5) + 9, np.arange(5), 160)
    mixed = mix_g711(Piece(a, one.tobytes()), Piece(b, two.tobytes()), out)
    assert expected(one, two, (a, b), out).tobytes() == mixed


@pytest.mark.parametrize("size", [LABEL_SIZE - 1, LONGEST + 1])
def test_a_frame_that_is_too_short_or_too_long(size: int) -> None:
    with pytest.raises(ValueError, match=f"a frame of {size} bytes holds no pattern"):
        pattern(np.array([1]), np.array([1]), size)
