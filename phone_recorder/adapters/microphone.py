"""The microphone as the near party's voice: an iterator of samples that never ends and never waits."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from phone_recorder.adapters.sample_ring import SampleRing
from phone_recorder.adapters.sound_library import failures, load, open_stream

BLOCK_MS = 20
"""What the device gives at a time."""
LEAD_MS, LIMIT_MS = 40, 200
"""A microphone that runs is this far ahead of the call, at least and at most."""
CHUNK_MS = 10
"""What is given at a time; every packet of a call is a whole number of these."""


class Microphone:
    """Chunks of 10 ms at `rate` Hz: what was said, or silence where the device has nothing.

    Nothing is kept for a call that does not listen, on hold say: it hears what is said when it listens again.
    """

    def __init__(self, ring: SampleRing, rate: int) -> None:
        self.rate = rate
        self.lost = False
        """The device has gone: all that follows is silence."""
        self._ring = ring
        self._chunk = rate * CHUNK_MS // 1000

    @property
    def underruns(self) -> int:
        """Times that the device had nothing in the middle of a call."""
        return self._ring.underruns

    def __iter__(self) -> Iterator[array[int]]:
        return self

    def __next__(self) -> array[int]:
        return array("h", self._ring.take(self._chunk))

    def heard(self, data: Any, frames: int, time: object, status: object) -> None:
        """The library calls this on a thread of its own, with a buffer that is valid meanwhile."""
        self._ring.put(bytes(data))

    def gone(self) -> None:
        """The library calls this when the stream is over."""
        self.lost = True


@contextmanager
def open_microphone(rate: int, device: str | None = None) -> Iterator[Microphone]:
    """A microphone at `rate` Hz, 8000 or 16000; `device` is a part of its name, or its number.

    SpeakerError if there is none, or no sound library.
    """
    sound = load("use a microphone")
    microphone = Microphone(SampleRing(rate * LEAD_MS // 1000, rate * LIMIT_MS // 1000), rate)
    callbacks = {"callback": microphone.heard, "finished_callback": microphone.gone}
    block = rate * BLOCK_MS // 1000
    stream = open_stream(sound, "RawInputStream", rate, device, "microphone", blocksize=block, **callbacks)
    try:
        with failures(sound, "microphone"):
            stream.start()
        yield microphone
    finally:
        stream.close()
