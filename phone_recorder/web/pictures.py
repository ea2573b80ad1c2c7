"""The waveforms that were asked for last: one may take a second to draw, and it stays the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from phone_recorder.web.wav_stream import RecordedAudio
from phone_recorder.web.waveform import peaks, svg
from phone_recorder.web.workers import Workers

T = TypeVar("T")

MOST = 100
"""Pictures of about 10 KB that are kept."""
AT_A_TIME = 8
"""Columns that are drawn at a time: some ms of work."""


class Pictures:
    """Draws one at a time, so that two who ask for the same have it drawn once."""

    def __init__(self, workers: Workers, most: int = MOST) -> None:
        self._workers = workers
        self._most = most
        self._drawn: dict[tuple[Path, str], str] = {}
        self._one = asyncio.Lock()

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._drawn)

    async def of(self, audio: RecordedAudio, gone: Callable[[], Awaitable[bool]]) -> str:
        """The waveform as SVG; nothing once whoever asks is `gone`. UsageError if the file cannot be read."""
        key = audio.path, audio.tag
        async with self._one:
            picture = self._drawn.pop(key, "") or await self._draw(audio, gone)
            if picture:
                self._drawn[key] = picture  # the last one to be forgotten
            if len(self._drawn) > self._most:
                del self._drawn[next(iter(self._drawn))]
            return picture

    async def _draw(self, audio: RecordedAudio, gone: Callable[[], Awaitable[bool]]) -> str:
        levels: list[int] = []
        async for some in self._workers.each(_in_batches(peaks(audio), AT_A_TIME)):
            if await gone():
                return ""
            levels += some
        return svg(levels)


def _in_batches(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while batch := list(islice(items, size)):
        yield batch
