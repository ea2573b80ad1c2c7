"""Mixing against the rule written out independently, and against sox."""

from __future__ import annotations

import subprocess
from array import array
from itertools import product
from pathlib import Path

import pytest

from phone_recorder.media import g711, record_tone
from phone_recorder.media.codecs import decoder, encoder
from phone_recorder.media.mixing import PayloadMixer, Piece, mix_g711, mix_table
from phone_recorder.wire.payload import CODECS, G722, PCMA, PCMU, Codec
from tests import peers
from tests.media.reference import (
    SOX_NAMES,
    amplitude_at,
    decode_sample,
    encode_sample,
    saturated,
    sine,
    speech,
)

ALL_CODES = bytes(range(256))
FRAME = 160


def tone(codec: Codec, frequency: float, frames: int) -> list[Piece]:
    """A tone of amplitude 8000 in pieces of 20 ms."""
    pcm = sine(codec.sample_rate, frequency, 8000, frames * FRAME * codec.sample_rate // 8000)
    payload = encoder(codec, codec.sample_rate).encode(pcm)
    return [Piece(codec, payload[i : i + FRAME]) for i in range(0, len(payload), FRAME)]


def decoded(codec: Codec, payload: bytes, rate: int) -> array[int]:
    return decoder(codec, rate).decode(payload)


@pytest.mark.parametrize(("a", "b", "out"), [*product(g711.LAWS, repeat=3)], ids=str)
def test_every_pair_of_codes_is_decoded_added_saturated_and_encoded(a: Codec, b: Codec, out: Codec) -> None:
    codes = [encode_sample(out, sample) for sample in range(-32768, 32768)]
    samples_a = [decode_sample(a, code) for code in ALL_CODES]
    samples_b = [decode_sample(b, code) for code in ALL_CODES]
    expected = bytes(codes[saturated(x + y) + 32768] for x in samples_a for y in samples_b)
    assert mix_table(a, b, out) == expected
    first = bytes(code for code in ALL_CODES for _ in ALL_CODES)
    assert mix_g711(Piece(a, first), Piece(b, 256 * ALL_CODES), out) == expected


@pytest.mark.peer
@pytest.mark.parametrize("law", g711.LAWS, ids=str)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_mixed_conversation_is_byte_for_byte_that_of_sox(law: Codec, language: str, tmp_path: Path) -> None:
    legs = [speech(f"{party}_{language}", law) for party in ("near", "far")]
    near, far = (tmp_path / "near.raw", tmp_path / "far.raw")
    near.write_bytes(legs[0])
    far.write_bytes(legs[1])
    form = ["-t", "raw", "-r", "8000", "-c", "1", "-e", SOX_NAMES[law.name], "-b", "8"]
    command = [peers.need("sox"), "-D", "-m", "-v", "1", *form, str(near), "-v", "1", *form, str(far), *form, "-"]
    mixed = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    mixer = PayloadMixer(law)
    ours = b"".join(
        mixer.mix(Piece(law, legs[0][i : i + FRAME]), Piece(law, legs[1][i : i + FRAME]), FRAME)
        for i in range(0, len(legs[0]), FRAME)
    )
    assert len(ours) == 88000
    assert ours == mixed
    assert ours not in legs


@pytest.mark.parametrize("size", [0, 1, 2, 80, 480])
def test_a_mix_is_as_long_as_its_pieces(size: int) -> None:
    mixed = mix_g711(Piece(PCMU, b"\x80" * size), Piece(PCMU, b"\x00" * size), PCMU)
    assert mixed == b"\xff" * size


@pytest.mark.parametrize("law", g711.LAWS, ids=str)
def test_nothing_and_nothing_is_silence(law: Codec) -> None:
    assert PayloadMixer(law).mix(None, None, 240) == law.silence(240)


@pytest.mark.parametrize("law", g711.LAWS, ids=str)
def test_a_stream_that_is_alone_is_not_changed(law: Codec) -> None:
    mixer = PayloadMixer(law)
    same = ALL_CODES.replace(b"\x7f", b"\xff") if law is PCMU else ALL_CODES
    assert mixer.mix(Piece(law, ALL_CODES), None, 256) == same
    assert mixer.mix(None, Piece(law, ALL_CODES), 256) == same


@pytest.mark.parametrize(("law", "out"), [(PCMU, PCMA), (PCMA, PCMU)], ids=str)
def test_a_stream_that_is_alone_is_transcoded(law: Codec, out: Codec) -> None:
    mixed = PayloadMixer(out).mix(None, Piece(law, ALL_CODES), 256)
    assert mixed == bytes(encode_sample(out, decode_sample(law, code)) for code in ALL_CODES)


def test_m1_legs_of_two_laws_are_mixed_sample_by_sample() -> None:
    near, far = Piece(PCMU, ALL_CODES), Piece(PCMA, ALL_CODES[::-1])
    mixed = PayloadMixer(PCMA).mix(near, far, 256)
    sums = [decode_sample(PCMU, x) + decode_sample(PCMA, 255 - x) for x in ALL_CODES]
    assert mixed == bytes(encode_sample(PCMA, saturated(sample)) for sample in sums)


def test_the_order_of_the_legs_does_not_matter() -> None:
    a, b = Piece(PCMU, ALL_CODES), Piece(PCMA, ALL_CODES[::-1])
    assert PayloadMixer(PCMU).mix(a, b, 256) == PayloadMixer(PCMU).mix(b, a, 256)


@pytest.mark.parametrize(("near", "far", "out"), [legs for legs in product(CODECS, repeat=3) if G722 in legs], ids=str)
def test_m1_m2_both_legs_are_heard_whatever_the_codecs(near: Codec, far: Codec, out: Codec) -> None:
    mixer = PayloadMixer(out)
    pieces = zip(tone(near, 500, 20), tone(far, 1250, 20), strict=True)
    frames = [mixer.mix(a, b, FRAME) for a, b in pieces]
    assert {len(frame) for frame in frames} == {FRAME}
    # The filters' and the codecs' first 80 ms are left out; 320 ms are whole periods of both tones.
    pcm = decoded(out, b"".join(frames), 8000)[640:]
    assert amplitude_at(pcm, 8000, 500) == pytest.approx(8000, rel=0.08)
    assert amplitude_at(pcm, 8000, 1250) == pytest.approx(8000, rel=0.08)


def test_m2_wide_band_stays_wide_between_g722_legs() -> None:
    mixer = PayloadMixer(G722)
    frames = [mixer.mix(a, None, FRAME) for a in tone(G722, 6000, 20)]
    pcm = decoded(G722, b"".join(frames), 16000)[1280:]
    assert amplitude_at(pcm, 16000, 6000) == pytest.approx(8000, rel=0.1)


def test_g722_and_nothing_is_g722() -> None:
    mixer = PayloadMixer(PCMU)
    frames = [mixer.mix(None, piece, FRAME) for piece in tone(G722, 500, 20)]
    assert amplitude_at(decoded(PCMU, b"".join(frames), 8000)[640:], 8000, 500) == pytest.approx(8000, rel=0.05)


def test_g722_of_nothing_is_silent() -> None:
    mixer = PayloadMixer(G722)
    frames = [mixer.mix(None, None, FRAME) for _ in range(10)]
    assert {len(frame) for frame in frames} == {FRAME}
    assert max(map(abs, decoded(G722, b"".join(frames), 16000))) <= 16


def test_m3_a_leg_that_changes_its_codec_goes_on() -> None:
    mixer = PayloadMixer(PCMU)
    pieces = [*tone(PCMU, 500, 10), *tone(G722, 500, 20), *tone(PCMA, 500, 10)]
    frames = [mixer.mix(piece, None, FRAME) for piece in pieces]
    for part in (frames[:10], frames[14:30], frames[30:]):
        assert amplitude_at(decoded(PCMU, b"".join(part), 8000), 8000, 500) == pytest.approx(8000, rel=0.05)


@pytest.mark.parametrize(("a", "b", "out"), [*product(g711.LAWS, repeat=3)], ids=str)
@pytest.mark.parametrize("place", [0, 80, 400, 40_000 - 100])
def test_the_record_tone_is_added_with_saturation(a: Codec, b: Codec, out: Codec, place: int) -> None:
    legs = Piece(a, ALL_CODES), Piece(b, ALL_CODES[::-1])
    sums = [saturated(decode_sample(a, x) + decode_sample(b, 255 - x)) for x in ALL_CODES]
    tone = record_tone.samples(record_tone.begin(place), 256, 8000)
    expected = bytes(encode_sample(out, saturated(x + y)) for x, y in zip(sums, tone, strict=True))
    assert PayloadMixer(out).mix(*legs, 256, place) == expected
    assert expected != PayloadMixer(out).mix(*legs, 256)


@pytest.mark.parametrize("out", CODECS, ids=str)
@pytest.mark.parametrize("leg", [None, *CODECS], ids=str)
def test_the_record_tone_is_heard_in_every_codec_beside_every_other(leg: Codec | None, out: Codec) -> None:
    mixer = PayloadMixer(out)
    said = tone(leg, 1250, 25) if leg else [None] * 25
    frames = [mixer.mix(piece, None, FRAME, FRAME * n) for n, piece in enumerate(said)]
    pcm = decoded(out, b"".join(frames), 8000)[800:3600]
    assert amplitude_at(pcm, 8000, 440) == pytest.approx(record_tone.PEAK, rel=0.05)
    assert amplitude_at(pcm, 8000, 1250) == pytest.approx(8000 if leg else 0, rel=0.08, abs=30)


@pytest.mark.parametrize("out", CODECS, ids=str)
@pytest.mark.parametrize("leg", CODECS, ids=str)
def test_where_the_record_tone_is_silent_nothing_differs(leg: Codec, out: Codec) -> None:
    without, with_tone = PayloadMixer(out), PayloadMixer(out)
    for n, piece in enumerate(tone(leg, 1250, 10)):
        assert with_tone.mix(piece, None, FRAME, record_tone.LENGTH + FRAME * n) == without.mix(piece, None, FRAME)
