"""The codecs' numbers, from RFC 3551 table 4."""

from __future__ import annotations

import pytest

from phone_recorder.media.codecs import decoder
from phone_recorder.wire.payload import BY_NAME, BY_PAYLOAD_TYPE, CODECS, G722, PCMA, PCMU, Codec, find_codec


def test_static_payload_types() -> None:
    assert [(c.name, c.payload_type, c.sample_rate) for c in CODECS] == [
        ("PCMU", 0, 8000),
        ("PCMA", 8, 8000),
        ("G722", 9, 16000),
    ]


def test_each_codec_is_found_by_its_name_and_by_its_number() -> None:
    assert BY_NAME == {"PCMU": PCMU, "PCMA": PCMA, "G722": G722}
    assert BY_PAYLOAD_TYPE == {0: PCMU, 8: PCMA, 9: G722}


@pytest.mark.parametrize("name", ["PCMA", "pcma", "PcmA", "PCMA/8000", "pcma/8000/1", "  PCMA "])
def test_a_codec_is_found_however_it_is_written(name: str) -> None:
    assert find_codec(name) is PCMA


@pytest.mark.parametrize("name", ["", "OPUS", "PCM", "PCMUU", "/8000", "telephone-event/8000", "PCMU\0", "8"])
def test_another_name_is_no_codec(name: str) -> None:
    assert find_codec(name) is None


@pytest.mark.parametrize("codec", CODECS, ids=str)
@pytest.mark.parametrize("rate", ["/16000", "/48000", "/8000/2", "/8000/1/1", "/08000", "/8", "/", "/8000/", "//8000"])
def test_another_clock_rate_or_more_channels_are_another_codec(codec: Codec, rate: str) -> None:
    """G.722's clock is 8000 too, whatever its audio's rate is (RFC 3551 section 4.5.2)."""
    assert find_codec(f"{codec}{rate}") is None
    assert find_codec(f"{codec}/8000") is codec


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_silence_decodes_to_silence(codec: Codec) -> None:
    silence = codec.silence(160)
    assert len(silence) == 160
    pcm = decoder(codec, codec.sample_rate).decode(silence)
    assert len(pcm) == 160 * codec.sample_rate // 8000
    assert max(map(abs, pcm)) <= 16


def test_a_codec_reads_as_its_name() -> None:
    assert [str(codec) for codec in CODECS] == ["PCMU", "PCMA", "G722"]
