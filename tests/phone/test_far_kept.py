from __future__ import annotations

import wave
from array import array
from pathlib import Path

import pytest

from phone_recorder.adapters.wav_writer import WavWriter
from phone_recorder.errors import UsageError
from phone_recorder.media.codecs import encoder
from phone_recorder.phone.far_kept import FarKept
from phone_recorder.phone.party import Datagram
from phone_recorder.wire.payload import CODECS, G722, PCMU, Codec
from tests.recording.streams import SECOND, rtp
from tests.signals import level_at, sine

START = 4000


def spoken(codec: Codec, seconds: float, start: int = START, timestamp: int = 0, hz: int = 400) -> list[Datagram]:
    """A sine in packets of 20 ms."""
    rate = codec.sample_rate
    pcm, encoding, size = sine(hz, seconds, rate), encoder(codec, rate), rate // 50
    return [
        (
            start + 160 * n,
            rtp(
                n + timestamp // 160,
                timestamp + 160 * n,
                encoding.encode(pcm[size * n : size * (n + 1)]),
                1,
                codec.payload_type,
            ),
        )
        for n in range(len(pcm) // size)
    ]


def read(path: Path) -> tuple[int, array[int]]:
    with wave.open(str(path), "rb") as file:
        return file.getframerate(), array("h", file.readframes(file.getnframes()))


def kept(path: Path, rate: int, datagrams: list[Datagram], end: int, step: int = 160) -> array[int]:
    """What is in the file after a call that ended at `end`."""
    far = FarKept(WavWriter(path, rate), rate, START)
    for now in range(START, end + step, step):
        until = min(now, end)
        far.hear([datagram for datagram in datagrams if until - step <= datagram[0] < until], until)
    far.close(end)
    assert far.problem is None
    assert read(path)[0] == rate
    return read(path)[1]


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_m2_the_file_has_what_was_said_at_the_right_speed(tmp_path: Path, codec: Codec, rate: int) -> None:
    pcm = kept(tmp_path / "far.wav", rate, spoken(codec, 2), START + 2 * SECOND)
    assert len(pcm) == 2 * rate
    assert abs(level_at(400, pcm, rate) - 0.5) < 0.02


@pytest.mark.parametrize("length", [1, 159, 160, 161, 7999, 8000, 8001, 20_077])
@pytest.mark.parametrize("rate", [8000, 16000])
def test_m10_the_file_is_as_long_as_the_call_to_the_sample(tmp_path: Path, length: int, rate: int) -> None:
    pcm = kept(tmp_path / "far.wav", rate, spoken(PCMU, 3), START + length)
    assert len(pcm) == length * rate // SECOND
    assert any(pcm[-rate // 100 :]) == (length > 1), "up to its very end"


def test_m11_m5_without_a_packet_it_is_as_long_too(tmp_path: Path) -> None:
    assert kept(tmp_path / "far.wav", 8000, [], START + 130 * SECOND, SECOND) == array("h", bytes(2 * 130 * SECOND))
    assert kept(tmp_path / "one.wav", 8000, spoken(PCMU, 0.02), START + 3 * SECOND)[160:] == array(
        "h", bytes(2 * (3 * SECOND - 160))
    )


def test_m12_a_hold_is_silence_of_its_length(tmp_path: Path) -> None:
    said = [*spoken(PCMU, 1), *spoken(PCMU, 1, START + 4 * SECOND, 4 * SECOND)]
    pcm = kept(tmp_path / "far.wav", 8000, said, START + 5 * SECOND)
    assert not any(pcm[SECOND : 4 * SECOND])
    assert abs(level_at(400, pcm[4 * SECOND :], 8000) - 0.5) < 0.02


@pytest.mark.parametrize("rate", [8000, 16000])
def test_m3_the_codec_changes(tmp_path: Path, rate: int) -> None:
    said = [*spoken(PCMU, 1), *spoken(G722, 1, START + SECOND, SECOND)]
    pcm = kept(tmp_path / "far.wav", rate, said, START + 2 * SECOND)
    for half in (pcm[:rate], pcm[rate:]):
        assert abs(level_at(400, half, rate) - 0.5) < 0.02


def test_m7_m14_order_and_events_make_no_difference(tmp_path: Path) -> None:
    said = spoken(PCMU, 1)
    mixed = [
        (at, data)
        for n, (at, _) in enumerate(said)
        for data in (said[n ^ (n > 1)][1], rtp(900 + n, 0, b"event", 9, 101))
    ]
    assert kept(tmp_path / "a.wav", 8000, mixed, START + SECOND) == kept(tmp_path / "b.wav", 8000, said, START + SECOND)


def test_a_crash_loses_little_more_than_what_is_still_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "far.wav"
    far = FarKept(WavWriter(path, 8000), 8000, START)
    for at, data in spoken(PCMU, 10):
        far.hear([(at, data)], at + 1)
    assert len(read(path)[1]) >= 8 * SECOND
    far.close(START + 10 * SECOND)


class Full(WavWriter):
    """A file on a disk that has room for a second."""

    def write(self, samples: array[int]) -> None:
        if self.samples + len(samples) > SECOND:
            raise UsageError("cannot write far.wav: there is no space left")
        super().write(samples)


def test_a_full_disk_ends_the_file_and_not_the_call(tmp_path: Path) -> None:
    far = FarKept(Full(tmp_path / "far.wav", 8000), 8000, START)
    for at, data in spoken(PCMU, 4):
        far.hear([(at, data)], at + 1)
    far.close(START + 4 * SECOND)
    assert str(far.problem) == "cannot write far.wav: there is no space left"
    assert 0 < len(read(tmp_path / "far.wav")[1]) <= SECOND
