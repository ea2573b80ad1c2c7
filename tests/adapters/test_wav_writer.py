from __future__ import annotations

import wave
from array import array
from pathlib import Path

import pytest

from phone_recorder.adapters.wav_writer import WavWriter
from phone_recorder.errors import AudioFileError, UsageError


def samples(path: Path) -> tuple[int, list[int]]:
    """Rate and samples, by the standard library."""
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return file.getframerate(), list(array("h", file.readframes(file.getnframes())))


@pytest.mark.parametrize("rate", [8000, 16000])
def test_the_file_is_whole_after_every_write(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "far.wav"
    file = WavWriter(path, rate)
    assert samples(path) == (rate, [])
    for number in range(3):
        file.write(array("h", [number, -number]))
        assert samples(path) == (rate, [0, 0, 1, -1, 2, -2][: 2 * number + 2])
        assert path.stat().st_size == 44 + 4 * (number + 1)
    file.close()
    assert (samples(path)[1], file.samples) == ([0, 0, 1, -1, 2, -2], 6)


def test_a_file_that_is_there_is_not_written_over_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "far.wav"
    path.write_bytes(b"dear" * 100)
    with pytest.raises(UsageError, match=r"far\.wav exists already: choose another name, or remove it"):
        WavWriter(path, 8000)
    assert path.read_bytes() == b"dear" * 100
    WavWriter(path, 8000, force=True).close()
    assert samples(path) == (8000, [])


def test_a_file_that_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        WavWriter(tmp_path / "none" / "far.wav", 8000)


def test_what_was_said_is_for_its_owner_alone(tmp_path: Path) -> None:
    WavWriter(tmp_path / "far.wav", 8000).close()
    assert (tmp_path / "far.wav").stat().st_mode & 0o777 == 0o600


def test_a_link_is_not_followed_though_it_may_be_written_over(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="cannot write"):
        WavWriter(tmp_path / "link", 8000, force=True)
    assert not (tmp_path / "elsewhere").exists()


def test_a_full_disk_is_an_error_of_ours() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(UsageError, match="cannot write /dev/full: there is no space left"):
        WavWriter(Path("/dev/full"), 8000, force=True)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_wav_file_ends_at_4_gib(tmp_path: Path) -> None:
    file = WavWriter(tmp_path / "far.wav", 8000)
    file.samples = 2**31 - 100
    with pytest.raises(AudioFileError, match="more than a WAV file can hold"):
        file.write(array("h", bytes(400)))
    file.close()
