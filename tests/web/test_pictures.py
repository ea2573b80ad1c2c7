"""Waveforms are drawn once, one at a time, and for nobody who is gone."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.web.pictures import Pictures
from phone_recorder.web.wav_stream import RecordedAudio, recorded_audio
from phone_recorder.web.workers import Workers
from tests.record_bytes import record, speech


class Counting(Workers):
    """Workers that count what they are asked for."""

    def __init__(self) -> None:
        super().__init__(1)
        self.asked = 0

    async def run(self, work: Callable[..., Any], *arguments: object) -> Any:
        self.asked += 1
        return await super().run(work, *arguments)


def an_audio(directory: Path, name: str = "Record_20260314150926", data: bytes = b"") -> RecordedAudio:
    path = directory / f"{name}.wav"
    path.write_bytes(record(data or speech(8000), rtp_len=160, increment=160))
    return recorded_audio(path)


async def stays() -> bool:
    return False


def drawn(workers: Counting, scenario: Callable[[Pictures], Awaitable[None]], most: int = 2) -> int:
    async def run() -> None:
        await scenario(Pictures(workers, most))

    asyncio.run(run())
    workers.close()
    return workers.asked


ONCE = 800 // 8 + 1
"""Batches of columns, and the end of them."""


def test_the_same_picture_is_drawn_once_even_for_two_at_once(tmp_path: Path) -> None:
    audio = an_audio(tmp_path)

    async def scenario(pictures: Pictures) -> None:
        first, second = await asyncio.gather(pictures.of(audio, stays), pictures.of(audio, stays))
        assert first.startswith("<svg ")
        assert first == second == await pictures.of(recorded_audio(audio.path), stays)

    assert drawn(Counting(), scenario) == ONCE


def test_a_file_that_has_changed_is_drawn_anew(tmp_path: Path) -> None:
    audio = an_audio(tmp_path, data=b"\xff" * 8000)

    async def scenario(pictures: Pictures) -> None:
        before = await pictures.of(audio, stays)
        changed = an_audio(tmp_path, data=b"\xff" * 4000 + b"\x80" * 4000)
        os.utime(changed.path, ns=(1, 1))
        assert await pictures.of(recorded_audio(changed.path), stays) != before

    assert drawn(Counting(), scenario) == 2 * ONCE


def test_what_was_asked_for_longest_ago_is_forgotten(tmp_path: Path) -> None:
    first, second, third = (an_audio(tmp_path, f"Record_2026031415092{number}") for number in range(3))

    async def scenario(pictures: Pictures) -> None:
        for audio in (first, second, first, third, first, third):
            await pictures.of(audio, stays)

    assert drawn(Counting(), scenario, most=2) == 3 * ONCE


def test_who_is_gone_has_no_more_drawn_and_nothing_is_kept(tmp_path: Path) -> None:
    audio = an_audio(tmp_path)

    async def gone() -> bool:
        return True

    async def scenario(pictures: Pictures) -> None:
        assert await pictures.of(audio, gone) == ""
        assert await pictures.of(audio, stays) != ""

    assert drawn(Counting(), scenario) == 1 + ONCE


def test_a_file_that_goes_meanwhile_is_an_error_and_the_next_one_is_drawn(tmp_path: Path) -> None:
    audio, other = an_audio(tmp_path), an_audio(tmp_path, "Record_20260314150927")
    audio.path.unlink()

    async def scenario(pictures: Pictures) -> None:
        with pytest.raises(UsageError, match="no such file"):
            await pictures.of(audio, stays)
        assert (await pictures.of(other, stays)).startswith("<svg ")

    drawn(Counting(), scenario)
