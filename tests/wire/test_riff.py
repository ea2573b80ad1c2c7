"""RIFF WAVE heads against literal bytes; stdlib `wave` reads what we write."""

from __future__ import annotations

import io
import struct
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phone_recorder.errors import AudioFileError
from phone_recorder.wire import riff
from phone_recorder.wire.riff import WavFormat, WavHead, build_head, parse_head

PCM16 = WavFormat(riff.PCM, 1, 8000, 16, 2)
FMT_PCM16 = bytes.fromhex("0100 0100 401f0000 803e0000 0200 1000")
GUID_TAIL = bytes.fromhex("0000 0000 1000 8000 00aa 0038 9b71")


def chunk(name: bytes, data: bytes, size: int | None = None) -> bytes:
    data_size = len(data) if size is None else size
    return name + struct.pack("<I", data_size) + data + bytes(len(data) % 2)


def wav(*chunks: bytes, riff_size: int | None = None) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body) if riff_size is None else riff_size) + body


def fmt(tag: int, channels: int, rate: int, bits: int, block: int | None = None) -> bytes:
    block = channels * bits // 8 if block is None else block
    return struct.pack("<HHIIHH", tag, channels, rate, rate * block, block, bits)


def extensible(tag: int, bits: int, tail: bytes = GUID_TAIL) -> bytes:
    return fmt(0xFFFE, 2, 48000, bits) + struct.pack("<HHIH", 22, bits, 3, tag) + tail


def parse(data: bytes) -> WavHead:
    return parse_head(lambda offset, size: data[offset : offset + size], len(data))


HEADS = {
    "classic": (wav(chunk(b"fmt ", FMT_PCM16), chunk(b"data", b"\1\0\2\0")), WavHead(PCM16, 44, 4)),
    "chunks before": (
        wav(
            chunk(b"LIST", b"INFOISFT"), chunk(b"fmt ", FMT_PCM16), chunk(b"fact", b"\2\0\0\0"), chunk(b"data", b"\1\0")
        ),
        WavHead(PCM16, 72, 2),
    ),
    "odd chunk": (
        wav(chunk(b"junk", b"abc"), chunk(b"fmt ", FMT_PCM16), chunk(b"data", b"\1\0")),
        WavHead(PCM16, 56, 2),
    ),
    "chunk after": (
        wav(chunk(b"fmt ", FMT_PCM16), chunk(b"data", b"\1\0"), chunk(b"LIST", b"INFO")),
        WavHead(PCM16, 44, 2),
    ),
    "extensible": (
        wav(chunk(b"fmt ", extensible(1, 24)), chunk(b"data", bytes(12))),
        WavHead(WavFormat(1, 2, 48000, 24, 6), 68, 12),
    ),
    "extensible float": (
        wav(chunk(b"fmt ", extensible(3, 32)), chunk(b"data", bytes(8))),
        WavHead(WavFormat(3, 2, 48000, 32, 8), 68, 8),
    ),
    "block align left 0": (
        wav(chunk(b"fmt ", fmt(1, 2, 8000, 16, 0)), chunk(b"data", bytes(4))),
        WavHead(WavFormat(1, 2, 8000, 16, 4), 44, 4),
    ),
    "streamed, sizes 0": (
        wav(chunk(b"fmt ", FMT_PCM16), chunk(b"data", bytes(6), 0), riff_size=0),
        WavHead(PCM16, 44, 6),
    ),
    "streamed, size of the head": (
        wav(chunk(b"fmt ", FMT_PCM16), chunk(b"data", bytes(6), 0), riff_size=36),
        WavHead(PCM16, 44, 6),
    ),
    "streamed, sizes unknown": (
        wav(chunk(b"fmt ", FMT_PCM16), chunk(b"data", bytes(6), 0xFFFFFFFF), riff_size=0xFFFFFFFF),
        WavHead(PCM16, 44, 6),
    ),
    "data past the end": (wav(chunk(b"fmt ", FMT_PCM16), chunk(b"data", bytes(6), 100)), WavHead(PCM16, 44, 6)),
    "RF64": (
        b"RF64\xff\xff\xff\xff"
        + wav(
            chunk(b"ds64", struct.pack("<QQQI", 92, 6, 3, 0)),
            chunk(b"fmt ", FMT_PCM16),
            chunk(b"data", bytes(6), 0xFFFFFFFF),
            chunk(b"LIST", b"INFO"),
        )[8:],
        WavHead(PCM16, 80, 6),
    ),
    "RF64, its size made up": (
        b"RF64\xff\xff\xff\xff"
        + wav(chunk(b"ds64", b"\xff" * 28), chunk(b"fmt ", FMT_PCM16), chunk(b"data", bytes(6), 0xFFFFFFFF))[8:],
        WavHead(PCM16, 80, 6),
    ),
    "no samples": (wav(chunk(b"fmt ", FMT_PCM16), chunk(b"data", b"")), WavHead(PCM16, 44, 0)),
    "no samples, a list after": (
        wav(chunk(b"fmt ", FMT_PCM16), chunk(b"data", b""), chunk(b"LIST", b"INFO")),
        WavHead(PCM16, 44, 0),
    ),
}


@pytest.mark.parametrize(("data", "head"), HEADS.values(), ids=HEADS)
def test_heads(data: bytes, head: WavHead) -> None:
    assert parse(data) == head


DATA = chunk(b"data", bytes(8))
BAD = {
    "empty": (b"", "empty"),
    "not RIFF": (b"OggS" + bytes(100), "does not begin with RIFF"),
    "RIFX": (b"RIFX" + bytes(100), "does not begin with RIFF"),
    "two bytes": (b"RI", "cut short: 2 bytes"),
    "cut in the RIFF head": (b"RIFF\x24\0\0\0WAV", "cut short: 11 bytes"),
    "other form": (b"RIFF\x24\0\0\0AVI " + bytes(40), "its form is 'AVI '"),
    "no fmt": (wav(DATA), r"no description \(fmt chunk\)"),
    "fmt after data": (wav(DATA, chunk(b"fmt ", FMT_PCM16)), r"no description \(fmt chunk\)"),
    "no data": (wav(chunk(b"fmt ", FMT_PCM16)), r"no audio \(data chunk\)"),
    "cut before data": (wav(chunk(b"fmt ", FMT_PCM16), chunk(b"LIST", b"", 1 << 20)), r"no audio \(data chunk\)"),
    "nothing but zeros": (wav(bytes(20_000)), "no description"),
    "cut in fmt": (wav(b"fmt \x10\0\0\0\1\0\1\0"), "fmt chunk has 4 bytes"),
    "short fmt": (wav(chunk(b"fmt ", FMT_PCM16[:14]), DATA), "fmt chunk has 14 bytes"),
    "no channels": (wav(chunk(b"fmt ", fmt(1, 0, 8000, 16)), DATA), "0 channels at 8000 Hz"),
    "no rate": (wav(chunk(b"fmt ", fmt(1, 1, 0, 16)), DATA), "1 channels at 0 Hz"),
    "made-up rate": (wav(chunk(b"fmt ", fmt(1, 1, 2_000_000_000, 16)), DATA), "at 2000000000 Hz"),
    "MP3": (wav(chunk(b"fmt ", fmt(0x55, 2, 44100, 0)), DATA), r"is MP3 \(tag 0x0055"),
    "unknown tag": (wav(chunk(b"fmt ", fmt(0x1234, 1, 8000, 16)), DATA), "tag 0x1234"),
    "12 bits": (wav(chunk(b"fmt ", fmt(1, 1, 8000, 12, 2)), DATA), "12 bits"),
    "24 bits in 32": (wav(chunk(b"fmt ", fmt(1, 1, 8000, 24, 4)), DATA), "blocks of 4 bytes do not fit 1 x 24 bits"),
    "other GUID": (wav(chunk(b"fmt ", extensible(1, 16, bytes(14))), DATA), "tag 0xFFFE"),
    "extensible cut": (wav(chunk(b"fmt ", extensible(1, 16)[:24]), DATA), "tag 0xFFFE"),
}


@pytest.mark.parametrize(("data", "reason"), BAD.values(), ids=BAD)
def test_bad_heads_are_named(data: bytes, reason: str) -> None:
    with pytest.raises(AudioFileError, match=reason):
        parse(data)


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda tail: wav(chunk(b"fmt ", FMT_PCM16)) + tail))
def test_garbage_gives_one_named_error_or_a_head_within_the_file(data: bytes) -> None:
    try:
        head = parse(data)
    except AudioFileError:
        return
    assert 0 <= head.data_size <= len(data) - head.data_offset


@given(st.integers(0, 60))
def test_a_file_cut_anywhere_is_named_or_read_as_far_as_it_goes(size: int) -> None:
    whole = wav(chunk(b"fmt ", FMT_PCM16), chunk(b"data", bytes(16)))
    if size < 44:
        with pytest.raises(AudioFileError):
            parse(whole[:size])
    else:
        assert parse(whole[:size]).data_size == size - 44


def test_chunks_without_end_are_given_up() -> None:
    reads: list[int] = []

    def read_at(offset: int, size: int) -> bytes:
        reads.append(offset)
        return b"RIFF\0\0\0\0WAVE" if offset == 0 else bytes(size)

    with pytest.raises(AudioFileError, match="no description"):
        parse_head(read_at, 1 << 32)
    assert len(reads) == 1001


def test_a_pcm_head_is_the_classic_44_bytes() -> None:
    assert build_head(PCM16, 4) == bytes.fromhex(
        "52494646 28000000 57415645 666d7420 10000000 0100 0100 401f0000 803e0000 0200 1000 64617461 04000000"
    )


def test_stdlib_wave_reads_what_we_write() -> None:
    with wave.open(io.BytesIO(build_head(WavFormat(1, 2, 16000, 16, 4), 8) + bytes(range(8)))) as reader:
        assert reader.getparams()[:4] == (2, 2, 16000, 2)
        assert reader.readframes(9) == bytes(range(8))


CODED = {
    "mu-law": (WavFormat(riff.MULAW, 1, 8000, 8, 1), "0700 0100 401f0000 401f0000 0100 0800 0000", 800),
    "A-law": (WavFormat(riff.ALAW, 1, 8000, 8, 1), "0600 0100 401f0000 401f0000 0100 0800 0000", 800),
    "G.722": (WavFormat(riff.G722, 1, 16000, 4, 1), "8f02 0100 803e0000 401f0000 0100 0400 0000", 1600),
}


@pytest.mark.parametrize(("wav_format", "fmt_hex", "fact"), CODED.values(), ids=CODED)
def test_other_heads_have_a_longer_fmt_and_a_fact_chunk(wav_format: WavFormat, fmt_hex: str, fact: int) -> None:
    assert build_head(wav_format, 800) == (
        b"RIFF" + struct.pack("<I", 50 + 800) + b"WAVE"
        b"fmt \x12\0\0\0" + bytes.fromhex(fmt_hex) + b"fact\4\0\0\0" + struct.pack("<I", fact)
    ) + b"data" + struct.pack("<I", 800)  # fmt: skip


def test_an_odd_size_counts_its_padding_in_the_riff_size_alone() -> None:
    head = build_head(WavFormat(riff.MULAW, 1, 8000, 8, 1), 3)
    assert (head[4:8], head[-4:]) == (struct.pack("<I", 50 + 4), struct.pack("<I", 3))


def test_more_than_4_gib_is_refused_by_the_byte() -> None:
    most = 0xFFFFFFFF - 36 - 1
    assert build_head(PCM16, most)[4:8] == struct.pack("<I", 0xFFFFFFFE)
    with pytest.raises(AudioFileError, match="more than a WAV file can hold"):
        build_head(PCM16, most + 2)
