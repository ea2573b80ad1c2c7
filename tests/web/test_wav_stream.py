"""The WAV of a recording, whole and in parts."""

from __future__ import annotations

import io
import wave
from array import array
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.adapters.audio_files import open_pcm
from phone_recorder.adapters.record_convert import export_record
from phone_recorder.errors import AudioFileError, RecordFileError, UsageError
from phone_recorder.media.codecs import encoder
from phone_recorder.web.wav_stream import BLOCK, PIECE_SIZE, FileStream, RecordedAudio, WavStream, recorded_audio
from phone_recorder.wire.payload import G722, PCMU
from phone_recorder.wire.record_file import RecordHeader
from tests.record_bytes import record, rtp, speech

FIXTURES = Path(__file__).parents[2] / "fixtures" / "record_files"
SPEECH = Path(__file__).parents[2] / "fixtures" / "speech"
LONG = 16000 * 150
"""Samples of two and a half minutes: three blocks of G.722."""


def a_file(directory: Path, data: bytes) -> Path:
    path = directory / "Record_20260314150926.wav"
    path.write_bytes(data)
    return path


def whole(path: Path) -> bytes:
    stream = WavStream(recorded_audio(path))
    wav = b"".join(stream.read(0, stream.size))
    assert len(wav) == stream.size
    return wav


@pytest.mark.parametrize(
    ("codec", "rate", "samples"), [(b"PCMU", 8000, 800), (b"PCMA", 8000, 800), (b"G722", 16000, 1600)]
)
def test_the_wav_has_the_codecs_own_rate_and_16_bits(tmp_path: Path, codec: bytes, rate: int, samples: int) -> None:
    path = a_file(tmp_path, record(speech(800), codec, 160, 160))
    with wave.open(io.BytesIO(whole(path))) as wav:
        assert (wav.getframerate(), wav.getsampwidth(), wav.getnchannels(), wav.getnframes()) == (
            rate,
            2,
            1,
            rate // 10,
        )


def test_pcmu_is_decoded(tmp_path: Path) -> None:
    # 0xFF is 0, 0x80 the loudest, 0x00 the same below zero (ITU-T G.711 table 2a).
    pcm = whole(a_file(tmp_path, record(b"\xff\x80\x00", rtp_len=3, increment=3)))[44:]
    assert pcm == bytes.fromhex("0000 7c7d 8482")


@pytest.mark.parametrize(
    "name",
    ["pcmu_20ms", "pcma_30ms", "g722_20ms", "rtp_blocks", "data_size_zero", "last_block_short", "rtp_last_block_short"],
)
def test_the_wav_is_what_export_writes(tmp_path: Path, name: str) -> None:
    export_record(FIXTURES / f"{name}.wav", tmp_path / "exported.wav")
    assert whole(FIXTURES / f"{name}.wav") == (tmp_path / "exported.wav").read_bytes()


@pytest.mark.parametrize("codec", [b"PCMU", b"PCMA", b"G722"])
@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(0, 8044), max_size=6))
def test_parts_are_together_the_whole(codec: bytes, cuts: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = a_file(tmp_path_factory.mktemp("parts"), record(speech(2000), codec, 160, 160))
    stream = WavStream(recorded_audio(path))
    bounds = [0, *sorted(min(cut, stream.size) for cut in cuts), stream.size]
    parts = [b"".join(stream.read(a, b)) for a, b in pairwise(bounds)]
    assert b"".join(parts) == whole(path)


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(0, 3244), max_size=6))
def test_parts_of_rtp_blocks_are_together_the_whole(cuts: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    blocks = b"".join(rtp(number, speech(1600)[160 * number :][:160]) for number in range(10))
    path = a_file(tmp_path_factory.mktemp("parts"), record(blocks, b"PCMU", 172, 160))
    stream = WavStream(recorded_audio(path))
    assert stream.size == 44 + 2 * 1600
    bounds = [0, *sorted(cuts), stream.size]
    parts = [b"".join(stream.read(a, b)) for a, b in pairwise(bounds)]
    assert b"".join(parts) == whole(path)
    plain = a_file(tmp_path_factory.mktemp("plain"), record(speech(1600), b"PCMU", 160, 160))
    assert b"".join(parts) == whole(plain)


def a_long_file(directory: Path, pcm: array[int]) -> Path:
    """A recording of the samples again and again in G.722."""
    repeated = (pcm * (LONG // len(pcm) + 1))[:LONG]
    return a_file(directory, record(encoder(G722, 16000).encode(repeated), b"G722", 160, 160))


def exported(path: Path) -> bytes:
    target = path.with_name("exported.wav")
    export_record(path, target)
    return target.read_bytes()


def test_parts_of_a_long_g722_recording_are_together_the_whole(tmp_path: Path) -> None:
    # Random codes keep the decoder's state away from where silence or a tone would lead it.
    path = a_file(tmp_path, record(Random(1).randbytes(2 * BLOCK + 8000), b"G722", 160, 160))
    stream = WavStream(recorded_audio(path))
    edge = 44 + 4 * BLOCK
    cuts = [
        0,
        43,
        45,
        edge - 100_001,
        edge - 1,
        edge,
        edge + 1,
        edge + 70_003,
        2 * edge - 44,
        stream.size - 5,
        stream.size,
    ]
    assert b"".join(b"".join(stream.read(a, b)) for a, b in pairwise(cuts)) == whole(path)


@pytest.mark.parametrize("voice", ["far_en", "far_zh", "near_en", "near_zh"])
def test_of_long_speech_in_g722_the_wav_is_what_export_writes(tmp_path: Path, voice: str) -> None:
    path = a_long_file(tmp_path, sum(open_pcm(SPEECH / f"{voice}.wav", 16000), array("h")))
    assert whole(path) == exported(path)


def test_a_steady_high_tone_in_g722_is_almost_what_export_writes(tmp_path: Path) -> None:
    path = a_long_file(tmp_path, array("h", [0, -8485, 12000, -8485, 0, 8485, -12000, 8485]))  # 6 kHz
    ours, exact = (array("h", wav[44:]) for wav in (whole(path), exported(path)))
    assert ours[: 2 * BLOCK] == exact[: 2 * BLOCK]
    assert max(abs(a - b) for a, b in zip(ours, exact, strict=True)) < 400


def test_who_seeks_in_a_long_g722_recording_does_not_wait_for_all_before_it(tmp_path: Path) -> None:
    path = a_file(tmp_path, record(bytes(20 * BLOCK), b"G722", 160, 160))
    stream = WavStream(recorded_audio(path))
    pieces = list(stream.read(stream.size - 1000, stream.size))
    assert len(b"".join(pieces)) == 1000
    assert len(pieces) <= 32  # of 2 s each


@pytest.mark.parametrize("codec", [b"PCMU", b"G722"])
def test_a_long_recording_comes_in_pieces(tmp_path: Path, codec: bytes) -> None:
    path = a_file(tmp_path, record(bytes(5 * PIECE_SIZE), codec, 160, 160))
    stream = WavStream(recorded_audio(path))
    pieces = list(stream.read(0, stream.size))
    assert len(pieces) == 6
    assert max(map(len, pieces)) <= 4 * PIECE_SIZE


def test_a_made_up_packet_length_does_not_have_the_whole_file_held(tmp_path: Path) -> None:
    path = a_file(tmp_path, record(bytes(5 * PIECE_SIZE), b"PCMU", 2**31 - 1, 2**31 - 1))
    stream = WavStream(recorded_audio(path))
    assert max(len(piece) for piece in stream.read(0, stream.size)) <= 2 * PIECE_SIZE


def test_every_damaged_fixture_is_played_or_refused_with_a_sentence() -> None:
    played = set()
    for path in sorted(FIXTURES.glob("*.wav")):
        try:
            audio = recorded_audio(path)
        except RecordFileError as error:
            assert path.name in str(error)
            continue
        played.add(path.stem)
        stream = WavStream(audio)
        assert len(b"".join(stream.read(0, stream.size))) == stream.size, path.name
    assert {"pcmu_20ms", "rtp_blocks", "rtp_one_block_bad", "rtp_len_huge", "data_size_past_end"} <= played
    assert not {"empty", "riff_wav", "codec_unknown"} & played


def test_a_recording_too_long_for_a_wav_is_refused() -> None:
    audio = RecordedAudio(Path("x"), RecordHeader(PCMU, 160, 160, 2**31), False, "t")
    with pytest.raises(AudioFileError, match="4 GiB"):
        WavStream(audio)


def test_a_recording_that_grows_is_read_as_far_as_it_was_looked_at(tmp_path: Path) -> None:
    path = a_file(tmp_path, record(speech(800), rtp_len=160, increment=160))
    stream = WavStream(recorded_audio(path))
    with path.open("ab") as file:
        file.write(bytes(160))
    assert len(b"".join(stream.read(0, stream.size))) == 44 + 1600
    assert WavStream(recorded_audio(path)).tag != stream.tag


def test_the_record_file_as_it_is(tmp_path: Path) -> None:
    data = b"anything at all" * 10_000
    stream = FileStream(a_file(tmp_path, data))
    assert stream.size == 150_000
    assert b"".join(stream.read(0, stream.size)) == data
    assert b"".join(stream.read(15, 23)) == b"anything"


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        recorded_audio(tmp_path / "gone.wav")
    with pytest.raises(UsageError, match="no such file"):
        FileStream(tmp_path / "gone.wav")
