from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from phone_recorder.bulk.pattern import pattern
from phone_recorder.bulk.voices import LONGEST, TONE_LEVEL, Looped, Pattern, from_file, tone, voice_of
from phone_recorder.errors import AudioFileError, UsageError
from phone_recorder.media import codecs
from phone_recorder.wire.payload import CODECS, G722, PCMA, PCMU, PTIMES_MS, Codec
from phone_recorder.wire.record_file import RecordHeader

SIZES = [8 * ptime for ptime in PTIMES_MS]


def said(voice: Looped, size: int, frames: int, flow: int = 0) -> bytes:
    """What a flow says from its first frame on."""
    return voice.payloads(np.full(frames, flow), np.arange(frames), size).tobytes()


def record_file(path: Path, payload: bytes, codec: Codec = PCMU) -> Path:
    path.write_bytes(bytes(RecordHeader(codec, 160, 160, len(payload))) + payload)
    return path


def test_the_pattern_as_a_voice() -> None:
    flows, frames = np.array([1, 2, 3]), np.array([9, 8, 7])
    assert (Pattern().payloads(flows, frames, 160) == pattern(flows, frames, 160)).all()


@pytest.mark.parametrize("size", SIZES)
def test_a_loop_is_the_same_audio_in_frames_of_any_packet_time(size: int) -> None:
    payload = np.random.default_rng(1).integers(0, 256, 1920, np.uint8).tobytes()
    voice = Looped(payload)
    assert len(voice) == 1920
    assert said(voice, size, 3 * 1920 // size) == 3 * payload


def test_each_begins_at_a_place_of_its_own_unless_they_speak_in_unison() -> None:
    payload = np.random.default_rng(1).integers(0, 256, 96_000, np.uint8).tobytes()
    begins = {said(Looped(payload), 160, 1, flow) for flow in range(600)}
    assert len(begins) == 600
    assert {said(Looped(payload, unison=True), 160, 1, flow) for flow in range(600)} == {payload[:160]}
    assert said(Looped(payload), 160, 600, 5) in 2 * payload


def test_a_loop_that_is_too_short() -> None:
    with pytest.raises(ValueError, match="a loop of 959 bytes is too short: 960 are the least"):
        Looped(bytes(959))


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_a_tone_is_steady_and_has_no_seam(codec: Codec) -> None:
    """Heard through the codec, over three turns, the level of every 20 ms is that of the sine.

    G.722 that begins anew with each turn has it four times as loud there.
    """
    voice = tone(700, codec)
    payload = said(voice, 160, 3 * len(voice) // 160)
    samples = np.array(codecs.decoder(codec, codec.sample_rate).decode(payload), np.float64)
    levels = np.sqrt((samples[codec.sample_rate // 10 :].reshape(-1, codec.sample_rate // 50) ** 2).mean(axis=1))
    assert np.abs(levels / (TONE_LEVEL / 2**0.5) - 1).max() < (0.2 if codec is G722 else 0.01)
    spectrum = np.abs(np.fft.rfft(samples[: codec.sample_rate]))
    assert spectrum.argmax() == 700


def test_a_record_file_says_what_is_in_it_in_any_law(tmp_path: Path) -> None:
    payload = bytes(np.random.default_rng(2).integers(0x80, 0xFE, 1920, np.uint8))
    path = record_file(tmp_path / "voice", payload)
    assert said(from_file(path, PCMU), 160, 12) == payload
    in_alaw = codecs.Transcoder(PCMA).transcode(PCMU, payload)
    assert said(from_file(path, PCMA), 160, 12) == in_alaw


@pytest.mark.parametrize(("length", "kept"), [(1, 960), (500, 500), (959, 959), (1919, 960), (LONGEST + 960, 960)])
def test_a_file_of_any_length_is_whole_frames_and_ten_minutes_at_most(tmp_path: Path, length: int, kept: int) -> None:
    payload = bytes(0x80 + n % 100 for n in range(length))
    voice = from_file(record_file(tmp_path / "voice", payload), PCMU)
    assert len(voice) % 960 == 0
    assert said(voice, 160, 6)[:kept] == (payload * 960)[:kept] if length < 960 else payload[:kept]
    assert len(voice) <= LONGEST


@pytest.mark.parametrize(
    ("word", "kind"), [("pattern", Pattern), ("tone:440", Looped), ("tone:1", Looped), ("tone:3999", Looped)]
)
def test_a_voice_by_its_word(word: str, kind: type) -> None:
    assert isinstance(voice_of(word, PCMU), kind)


def test_a_voice_by_its_file(tmp_path: Path) -> None:
    path = record_file(tmp_path / "voice", bytes(960))
    assert isinstance(voice_of(str(path), PCMU), Looped)


@pytest.mark.parametrize(
    "word", ["tone:", "tone:0", "tone:4000", "tone:-3", "tone:4.5", "tone:²", "tone:" + "9" * 5000]
)
def test_a_tone_that_cannot_be_said(word: str) -> None:
    with pytest.raises(UsageError, match=r"Hz cannot be said: it is a whole number below 4000"):
        voice_of(word, PCMU)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda path: None, UsageError),
        (lambda path: path.mkdir(), UsageError),
        (lambda path: path.write_bytes(b""), AudioFileError),
        (lambda path: path.write_bytes(b"RIFF"), AudioFileError),
        (lambda path: record_file(path, b""), AudioFileError),
    ],
)
def test_a_file_that_is_no_voice(tmp_path: Path, make: Callable[[Path], object], error: type[Exception]) -> None:
    path = tmp_path / "voice"
    make(path)
    with pytest.raises(error, match=str(path)):
        voice_of(str(path), PCMU)
