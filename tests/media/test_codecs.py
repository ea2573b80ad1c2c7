"""Encoders, decoders and transcoding; G.722 against ffmpeg."""

from __future__ import annotations

import subprocess
import wave
from array import array
from itertools import product
from pathlib import Path

import pytest

from phone_recorder.media import g711
from phone_recorder.media.codecs import Recoder, Transcoder, decoder, encoder
from phone_recorder.wire.payload import CODECS, G722, PCMA, PCMU, Codec
from tests import peers
from tests.media.reference import SPEECH, amplitude_at, decode_sample, encode_sample, sine

FRAME = 160
RECORD_FILES = Path(__file__).parents[2] / "fixtures" / "record_files"

any_codec = pytest.mark.parametrize("codec", CODECS, ids=str)
any_rate = pytest.mark.parametrize("rate", [8000, 16000])


def ffmpeg(data: bytes, source: list[str], target: list[str]) -> bytes:
    command = [peers.need("ffmpeg"), "-v", "error", *source, "-i", "-", *target, "-"]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def spoken(name: str) -> array[int]:
    """A speech fixture, 16 kHz."""
    with wave.open(str(SPEECH / f"{name}.wav")) as wav:
        return array("h", wav.readframes(wav.getnframes()))


def pieces(data: bytes, size: int = FRAME) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


def encoded(codec: Codec, rate: int, frequency: float) -> bytes:
    """200 ms of a tone of amplitude 8000."""
    return encoder(codec, rate).encode(sine(rate, frequency, 8000, rate // 5))


@pytest.mark.peer
@pytest.mark.parametrize("name", ["near_en", "far_zh"])
def test_g722_encodes_speech_as_ffmpeg_does(name: str) -> None:
    pcm = spoken(name)
    coder = encoder(G722, 16000)
    ours = b"".join(coder.encode(pcm[i : i + 320]) for i in range(0, len(pcm), 320))
    assert ours == ffmpeg(pcm.tobytes(), ["-f", "s16le", "-ar", "16000", "-ac", "1"], ["-f", "g722"])


@pytest.mark.peer
@pytest.mark.parametrize("name", ["near_en", "far_zh"])
def test_g722_decodes_speech_as_ffmpeg_does(name: str) -> None:
    payload = encoder(G722, 16000).encode(spoken(name))
    coder = decoder(G722, 16000)
    ours = b"".join(coder.decode(piece).tobytes() for piece in pieces(payload))
    assert ours == ffmpeg(payload, ["-f", "g722"], ["-f", "s16le"])


@pytest.mark.parametrize("rate", [16000, 8000])
def test_m2_g722_of_another_encoder_is_the_tone_it_was(rate: int) -> None:
    """The fixture is 1 kHz by ffmpeg, half of full scale: 800 bytes are 100 ms whatever the rate."""
    payload = (RECORD_FILES / "g722_20ms.wav").read_bytes()[76:]
    pcm = decoder(G722, rate).decode(payload)
    assert len(pcm) == rate // 10
    assert amplitude_at(pcm[rate // 50 :], rate, 1000) == pytest.approx(32768 * 10 ** (-6 / 20), rel=0.03)


@any_codec
@any_rate
def test_m2_a_payload_byte_is_an_eighth_of_a_millisecond(codec: Codec, rate: int) -> None:
    for size in (80, 160, 240, 320, 480):
        pcm = decoder(codec, rate).decode(codec.silence(size))
        assert len(pcm) == size * rate // 8000
        assert len(encoder(codec, rate).encode(pcm)) == size


@any_codec
@any_rate
def test_a_tone_comes_back_with_its_frequency_and_level(codec: Codec, rate: int) -> None:
    pcm = decoder(codec, rate).decode(encoded(codec, rate, 1000))
    assert amplitude_at(pcm[rate // 20 :], rate, 1000) == pytest.approx(8000, rel=0.05)


@any_codec
def test_m2_one_rate_in_and_the_other_out_is_the_same_tone(codec: Codec) -> None:
    wide = decoder(codec, 16000).decode(encoded(codec, 8000, 1000))
    narrow = decoder(codec, 8000).decode(encoded(codec, 16000, 1000))
    assert amplitude_at(wide[800:], 16000, 1000) == pytest.approx(8000, rel=0.05)
    assert amplitude_at(narrow[400:], 8000, 1000) == pytest.approx(8000, rel=0.05)


@any_codec
@any_rate
def test_the_state_is_kept_between_payloads(codec: Codec, rate: int) -> None:
    pcm = sine(rate, 1000, 8000, rate // 5)
    whole = encoder(codec, rate).encode(pcm)
    coder = encoder(codec, rate)
    step = rate // 50
    assert b"".join(coder.encode(pcm[i : i + step]) for i in range(0, len(pcm), step)) == whole
    in_pieces = decoder(codec, rate)
    joined = b"".join(in_pieces.decode(piece).tobytes() for piece in pieces(whole))
    assert joined == decoder(codec, rate).decode(whole).tobytes()


@any_codec
@any_rate
def test_nothing_is_decoded_and_encoded_to_nothing(codec: Codec, rate: int) -> None:
    assert decoder(codec, rate).decode(b"") == array("h")
    assert encoder(codec, rate).encode(array("h")) == b""


@pytest.mark.parametrize(("source", "target"), [*product(CODECS, repeat=2)], ids=str)
@pytest.mark.parametrize("size", [80, 160, 240, 320, 480])
def test_m2_transcoding_keeps_length_and_playing_time(source: Codec, target: Codec, size: int) -> None:
    transcoder = Transcoder(target)
    payload = encoded(source, source.sample_rate, 1000)
    out = [transcoder.transcode(source, piece) for piece in pieces(payload[: len(payload) // size * size], size)]
    assert {len(piece) for piece in out} == {size}
    pcm = decoder(target, 8000).decode(b"".join(out))[160:]
    whole_periods = pcm[len(pcm) % 8 :]
    assert amplitude_at(whole_periods, 8000, 1000) == pytest.approx(8000, rel=0.1)


@any_codec
def test_a_codec_that_is_the_target_is_not_touched(codec: Codec) -> None:
    payload = bytes(range(256))
    assert Transcoder(codec).transcode(codec, payload) == payload


def test_between_the_laws_each_code_is_transcoded() -> None:
    codes = bytes(range(256))
    for source, target in ((PCMU, PCMA), (PCMA, PCMU)):
        expected = bytes(encode_sample(target, decode_sample(source, code)) for code in codes)
        assert Transcoder(target).transcode(source, codes) == expected


def test_a_recoder_goes_wide_only_where_both_sides_are() -> None:
    for target, codec, rate in ((PCMU, G722, 8000), (G722, PCMA, 8000), (G722, G722, 16000)):
        recoder = Recoder(target)
        recoder.meet(codec)
        assert recoder.rate == rate


def test_a_recoder_stays_wide() -> None:
    recoder = Recoder(G722)
    recoder.meet(G722)
    recoder.meet(PCMU)
    assert recoder.rate == 16000
    assert len(recoder.decode(0, PCMU, PCMU.silence(FRAME))) == 320


def test_the_legs_of_a_recoder_do_not_share_their_state() -> None:
    tone = pieces(encoded(G722, 16000, 1000))
    alone, beside = Recoder(PCMU), Recoder(PCMU)
    expected = [alone.decode(0, G722, piece) for piece in tone]
    heard = []
    for piece in tone:
        heard.append(beside.decode(0, G722, piece))
        beside.decode(1, G722, G722.silence(FRAME))
    assert heard == expected


def test_g711_at_8_khz_is_the_table_alone() -> None:
    for law in g711.LAWS:
        codes = bytes(range(256))
        assert list(decoder(law, 8000).decode(codes)) == [decode_sample(law, code) for code in codes]
