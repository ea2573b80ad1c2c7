"""Samples cut into packets, of every codec and length."""

from __future__ import annotations

from array import array

import pytest

from phone_recorder.media.codecs import decoder
from phone_recorder.media.packets import encode
from phone_recorder.phone.voices import TONE_LEVEL, tone
from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec
from tests.signals import joined, level_at

CODECS = [PCMU, PCMA, G722]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("frame", [80, 160, 240, 320, 480])
@pytest.mark.parametrize("chunk", [1, 37, 160, 5000])
def test_samples_are_cut_into_packets_however_they_come(codec: Codec, frame: int, chunk: int) -> None:
    samples = tone(440, codec.sample_rate)[:5000]
    chunks = (samples[start : start + chunk] for start in range(0, len(samples), chunk))
    payloads = list(encode(chunks, codec, frame))
    assert {len(payload) for payload in payloads} == {frame}
    assert payloads == list(encode([samples], codec, frame))
    size = frame * codec.sample_rate // 8000
    assert len(payloads) == -(-5000 // size)


@pytest.mark.parametrize("codec", CODECS)
def test_the_last_packet_is_filled_up_with_silence(codec: Codec) -> None:
    loud = tone(1000, codec.sample_rate)[:60]
    [payload] = encode([loud], codec, 160)
    heard = decoder(codec, codec.sample_rate).decode(payload)
    assert max(map(abs, heard[:60])) > 4000
    assert max(map(abs, heard[-100:])) < 300


@pytest.mark.parametrize("codec", CODECS)
def test_what_is_encoded_is_heard(codec: Codec) -> None:
    payloads = encode([tone(440, codec.sample_rate)], codec, 160)
    decoding = decoder(codec, codec.sample_rate)
    heard = joined(map(decoding.decode, payloads))
    assert abs(level_at(440, heard, codec.sample_rate) * 32767 - TONE_LEVEL) < TONE_LEVEL * 0.05


def test_no_samples_are_no_packets() -> None:
    assert list(encode([], PCMU, 160)) == []
    assert list(encode([array("h")], PCMU, 160)) == []
