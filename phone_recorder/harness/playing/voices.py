"""Voices that many cases speak with: a file is read, and brought to its rate, once in a run."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from phone_recorder.adapters import audio_files

LONGEST_S = 60.0
"""A voice that is longer is read each time: at 16 kHz it would take more than 2 MB."""
MOST = 16


def open_pcm(path: Path, rate: int) -> Iterable[array[int]]:
    """As audio_files.open_pcm, which is asked again when the file has changed."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return audio_files.open_pcm(path, rate)  # which knows what to say of it
    if audio_files.duration_s(path) > LONGEST_S:
        return audio_files.open_pcm(path, rate)
    return iter(_read(path, rate, found.st_mtime_ns, found.st_size))


@lru_cache(maxsize=MOST)
def _read(path: Path, rate: int, changed: int, size: int) -> tuple[array[int], ...]:
    return tuple(audio_files.open_pcm(path, rate))
