"""Many recordings in a zip that is made while it is sent."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from phone_recorder.web.zip_stream import Member, zip_stream
from tests.peers import need

FIRST, SECOND = "Record_20260314150926.wav", "Record_20260314150926-2.wav"


class Content:
    """Bytes that are made when they are asked for, a piece at a time."""

    def __init__(self, piece: bytes, pieces: int = 1) -> None:
        self.size = len(piece) * pieces
        self._piece, self._pieces = piece, pieces

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        assert (start, stop) == (0, self.size)
        yield from [self._piece] * self._pieces


def test_a_zip_holds_what_was_put_in() -> None:
    data = b"".join(zip_stream([Member(FIRST, Content(b"one")), Member(SECOND, Content(b""))]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [FIRST, SECOND]
        assert [archive.read(name) for name in archive.namelist()] == [b"one", b""]
        assert archive.getinfo(FIRST).date_time == (2026, 3, 14, 15, 9, 26)


@pytest.mark.parametrize("name", ["Record_99991231235959.wav", "Record_21081231235959.wav"])
def test_a_clock_that_is_far_ahead_is_the_last_year_a_zip_knows(name: str) -> None:
    data = b"".join(zip_stream([Member(name, Content(b"x"))]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.infolist()[0].date_time[0] == 2107


def test_a_clock_that_was_not_set_is_the_first_year_a_zip_knows() -> None:
    data = b"".join(zip_stream([Member("Record_19700101000003.wav", Content(b"x"))]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.infolist()[0].date_time == (1980, 1, 1, 0, 0, 2)


def test_a_zip_of_nothing_is_a_zip() -> None:
    with zipfile.ZipFile(io.BytesIO(b"".join(zip_stream([])))) as archive:
        assert archive.namelist() == []


def test_no_more_than_a_piece_is_held() -> None:
    longest = max(len(part) for part in zip_stream([Member(FIRST, Content(bytes(65_536), 100))]))
    assert longest < 66_000


def test_a_member_longer_than_4_gib_would_get_a_zip64_header() -> None:
    reading = zip_stream([Member(FIRST, _Long())])
    # A ZIP64 extra field (id 1) follows the name in the local header.
    assert b"Record_20260314150926.wav\x01\x00" in next(reading)


class _Long:
    size = 1 << 32

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        yield b"x"


@pytest.mark.peer
def test_unzip_finds_nothing_wrong(tmp_path: Path) -> None:
    unzip = need("unzip")
    path = tmp_path / "recordings.zip"
    path.write_bytes(b"".join(zip_stream([Member(FIRST, Content(bytes(1000), 100)), Member(SECOND, Content(b"two"))])))
    done = subprocess.run([unzip, "-t", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "No errors detected" in done.stdout
