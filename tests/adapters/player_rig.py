"""A phone's player of a recording of speech, on a sink whose every write lasts until the test lets it go on."""

from __future__ import annotations

import queue
import threading
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from phone_recorder.adapters.drive_errors import always
from phone_recorder.adapters.record_player import PlaybackView, RecordPlayer
from phone_recorder.media import g711
from phone_recorder.wire.payload import PCMU
from tests.record_bytes import speech

DEADLINE_S = 10
PACKETS = 1000
"""20 s, and far more than a reader holds in memory."""
AUDIO = speech(160 * PACKETS)
NAME = "Record_20240131120000.wav"


class HeldSink:
    """Each write is handed to the test, and returns when the test asks for the next."""

    def __init__(self) -> None:
        self.rate = 0
        self.closed = threading.Event()
        self._writes: queue.SimpleQueue[array[int] | None] = queue.SimpleQueue()
        self._go = threading.Semaphore(0)
        self._free = threading.Event()
        self._begun = self._ended = False

    @contextmanager
    def open(self, rate: int) -> Iterator[HeldSink]:
        self.rate = rate
        try:
            yield self
        finally:
            self.closed.set()
            self._writes.put(None)

    def write(self, samples: array[int]) -> None:
        self._writes.put(samples)
        if not self._free.is_set():
            assert self._go.acquire(timeout=DEADLINE_S)

    def next(self) -> array[int] | None:
        """The next write, which goes on until this is called again; None at the end."""
        if self._begun:
            self._go.release()
        self._begun = True
        return self._get()

    def let_go(self) -> list[array[int]]:
        """All the writes that follow, up to the end."""
        self._free.set()
        self._go.release(2)
        return [] if self._ended else list(iter(self._get, None))

    def _get(self) -> array[int] | None:
        write = self._writes.get(timeout=DEADLINE_S)
        self._ended = write is None
        return write


class Rig:
    """A player of a file, and its sink."""

    def __init__(
        self, path: Path, start_s: float = 0.0, speed: float = 1.0, present: Callable[[], bool] = always
    ) -> None:
        self.sink = HeldSink()
        self.player = RecordPlayer(path, self.sink.open, start_s, speed, present)

    @property
    def view(self) -> PlaybackView:
        return self.player.view

    def end(self) -> list[array[int]]:
        """Let it play on to its end."""
        writes = self.sink.let_go()
        assert self.player.wait(DEADLINE_S)
        return writes


def a_file(directory: Path, content: bytes) -> Path:
    path = directory / NAME
    path.write_bytes(content)
    return path


def packets(first: int, count: int) -> list[array[int]]:
    return [g711.decode(PCMU, AUDIO[i * 160 : i * 160 + 160]) for i in range(first, first + count)]
