"""G.711 against the tables of the recommendation, written out independently, and against sox."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.media import g711
from phone_recorder.wire.payload import PCMA, PCMU, Codec
from tests.media.reference import SOX_NAMES, decode_sample, encode_sample, sox

ALL_CODES = bytes(range(256))
ALL_SAMPLES = array("h", range(-32768, 32768))
LINEAR = ["-r", "8000", "-c", "1", "-e", "signed", "-b", "16"]

both_laws = pytest.mark.parametrize("law", g711.LAWS, ids=str)


def in_sox(law: Codec) -> list[str]:
    return ["-r", "8000", "-c", "1", "-e", SOX_NAMES[law.name], "-b", "8"]


@pytest.mark.parametrize(
    ("law", "code", "sample"),
    [
        # Table 2a/2b of G.711 in 14 bits, times 4: 8031, 0, 2, 30, 33, 4191.
        (PCMU, 0x80, 32124),
        (PCMU, 0x00, -32124),
        (PCMU, 0xFF, 0),
        (PCMU, 0x7F, 0),
        (PCMU, 0xFE, 8),
        (PCMU, 0x7E, -8),
        (PCMU, 0xF0, 120),
        (PCMU, 0xEF, 132),
        (PCMU, 0x8F, 16764),
        # Table 1a/1b in 13 bits, times 8: 4032, 1, 3, 63, 66, 2112.
        (PCMA, 0xAA, 32256),
        (PCMA, 0x2A, -32256),
        (PCMA, 0xD5, 8),
        (PCMA, 0x55, -8),
        (PCMA, 0xD4, 24),
        (PCMA, 0xCA, 504),
        (PCMA, 0xF5, 528),
        (PCMA, 0xA5, 16896),
    ],
)
def test_values_of_the_recommendation(law: Codec, code: int, sample: int) -> None:
    assert g711.decode(law, bytes([code])) == array("h", [sample])
    if code != 0x7F:
        assert g711.encode(law, array("h", [sample])) == bytes([code])


@both_laws
def test_every_code_decodes_as_the_recommendation_has_it(law: Codec) -> None:
    assert list(g711.decode(law, ALL_CODES)) == [decode_sample(law, code) for code in ALL_CODES]


@both_laws
def test_every_sample_encodes_as_the_recommendation_has_it(law: Codec) -> None:
    assert g711.encode(law, ALL_SAMPLES) == bytes(encode_sample(law, sample) for sample in ALL_SAMPLES)


@pytest.mark.peer
@both_laws
def test_every_code_decodes_as_in_sox(law: Codec) -> None:
    assert g711.decode(law, ALL_CODES).tobytes() == sox(ALL_CODES, in_sox(law), LINEAR)


@pytest.mark.peer
@both_laws
def test_every_sample_encodes_as_in_sox(law: Codec) -> None:
    assert g711.encode(law, ALL_SAMPLES) == sox(ALL_SAMPLES.tobytes(), LINEAR, in_sox(law))


def test_every_code_survives_decoding_and_encoding() -> None:
    assert g711.encode(PCMA, g711.decode(PCMA, ALL_CODES)) == ALL_CODES
    # Mu-law has two codes for zero, of which encoders give the positive one.
    assert g711.encode(PCMU, g711.decode(PCMU, ALL_CODES)) == ALL_CODES.replace(b"\x7f", b"\xff")


@pytest.mark.parametrize(("source", "target"), [(PCMU, PCMA), (PCMA, PCMU)], ids=str)
def test_transcoding_is_decoding_and_encoding(source: Codec, target: Codec) -> None:
    expected = bytes(encode_sample(target, decode_sample(source, code)) for code in ALL_CODES)
    assert g711.transcode_table(source, target) == expected


@both_laws
@pytest.mark.parametrize("size", [0, 1, 2])
def test_the_shortest_payloads(law: Codec, size: int) -> None:
    payload = law.silence(size)
    assert len(g711.decode(law, payload)) == size
    assert g711.encode(law, g711.decode(law, payload)) == payload


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(g711.LAWS), st.lists(st.integers(-32768, 32767), max_size=300))
def test_a_payload_is_its_samples_one_by_one(law: Codec, samples: list[int]) -> None:
    assert g711.encode(law, array("h", samples)) == bytes(encode_sample(law, sample) for sample in samples)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(g711.LAWS), st.integers(-32124, 32124))
def test_the_error_is_at_most_half_a_step(law: Codec, sample: int) -> None:
    (decoded,) = g711.decode(law, g711.encode(law, array("h", [sample])))
    # The steps are a 16th of their segment's start, and 16 at the least; rounding to 14 or 13 bits adds up to 4.
    assert abs(decoded - sample) <= max(8, abs(sample) / 32 + 4) + 4
