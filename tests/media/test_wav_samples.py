"""Samples of WAV files against literal bytes, each width and law."""

from __future__ import annotations

import struct
from array import array

import pytest

from phone_recorder.media.wav_samples import TO_16_BIT, samples
from phone_recorder.wire.riff import READABLE, WavFormat

PCM16 = WavFormat(1, 1, 8000, 16, 2)

WIDTHS = {
    "8": (WavFormat(1, 1, 8000, 8, 1), bytes([0x80, 0xFF, 0x00, 0x81]), [0, 0x7F00, -0x8000, 0x100]),
    "16": (PCM16, bytes.fromhex("0000 ff7f 0080 ffff"), [0, 32767, -32768, -1]),
    "24": (WavFormat(1, 1, 8000, 24, 3), bytes.fromhex("000000 ffff7f 000080 000100"), [0, 32767, -32768, 1]),
    "32": (WavFormat(1, 1, 8000, 32, 4), bytes.fromhex("00000000 ffffff7f 00000080 0000feff"), [0, 32767, -32768, -2]),
    "float": (
        WavFormat(3, 1, 8000, 32, 4),
        struct.pack("<7f", 0, 0.5, -1, 1, 7, float("-inf"), float("nan")),
        [0, 16384, -32768, 32767, 32767, -32768, 0],
    ),
    "double": (
        WavFormat(3, 1, 8000, 64, 8),
        struct.pack("<4d", -0.25, 1e300, float("inf"), float("nan")),
        [-8192, 32767, 32767, 0],
    ),
    "A-law": (WavFormat(6, 1, 8000, 8, 1), bytes([0xD5, 0x55, 0xAA, 0x2A]), [8, -8, 32256, -32256]),
    "mu-law": (WavFormat(7, 1, 8000, 8, 1), bytes([0xFF, 0x80, 0x00, 0x7F]), [0, 32124, -32124, 0]),
    "stereo": (WavFormat(1, 2, 8000, 16, 4), struct.pack("<6h", 100, 300, -100, 100, 32767, 32767), [200, 0, 32767]),
    "stereo 8": (WavFormat(1, 2, 8000, 8, 2), bytes([0x80, 0x82]), [0x100]),
    "three channels": (WavFormat(1, 3, 8000, 16, 6), struct.pack("<6h", 1, 2, 3, -3, -6, -9), [2, -6]),
    "a block cut": (WavFormat(1, 2, 8000, 16, 4), struct.pack("<3h", 5, 5, 7), [5]),
    "nothing": (PCM16, b"", []),
}


@pytest.mark.parametrize(("wav_format", "raw", "expected"), WIDTHS.values(), ids=WIDTHS)
def test_samples_of_any_width_become_16_bit_mono(wav_format: WavFormat, raw: bytes, expected: list[int]) -> None:
    assert samples(wav_format, raw) == array("h", expected)


def test_all_that_a_head_lets_pass_can_be_read() -> None:
    assert set(TO_16_BIT) == READABLE
