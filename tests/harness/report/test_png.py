"""Pictures as PNG."""

from __future__ import annotations

import struct
import subprocess
import zlib
from pathlib import Path

import pytest

from phone_recorder.harness.report.png import PALETTE, SIGNATURE, png
from tests import peers

ROWS = [bytes([0, 128, 255]), bytes([255, 0, 1])]


def test_its_chunks_are_as_the_rfc_says() -> None:
    data, names = png(3, ROWS), []
    assert data.startswith(SIGNATURE)
    place = len(SIGNATURE)
    while place < len(data):
        size, name = struct.unpack_from("!I4s", data, place)
        content = data[place + 8 : place + 8 + size]
        assert zlib.crc32(name + content) == struct.unpack_from("!I", data, place + 8 + size)[0]
        names.append(name)
        place += 12 + size
    assert names == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]


def test_louder_is_lighter() -> None:
    light = [sum(PALETTE[level * 3 : level * 3 + 3]) for level in range(256)]
    assert light == sorted(light)
    assert len(PALETTE) == 768


@pytest.mark.peer
def test_ffmpeg_sees_the_colours(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(png(3, ROWS))
    run = [peers.need("ffmpeg"), "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    seen = subprocess.run(run, check=True, capture_output=True).stdout
    assert seen == b"".join(PALETTE[level * 3 : level * 3 + 3] for row in ROWS for level in row)
