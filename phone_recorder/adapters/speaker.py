"""The loudspeaker: for a recording, which is written as fast as it is heard, and for a call, which waits for nobody."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from phone_recorder.adapters.sample_ring import SampleRing
from phone_recorder.adapters.sound_library import Stream, failures, load, open_stream
from phone_recorder.media import pcm

_EDGE_S = 0.25
"""Silence before and after: sound servers swallow the first moments of a stream, and the last."""
BLOCK_MS = 20
"""What the device takes from a call at a time."""
LEAD_MS, LIMIT_MS = 40, 240
"""What a call has said and the device has not taken yet, at least and at most."""


class Speaker:
    """An open mono output at one rate."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def write(self, samples: array[int]) -> None:
        """Play these samples after those before; blocks while the device has enough of them."""
        # An underrun is heard, and cannot be helped any more.
        self._stream.write(samples)


class Player:
    """What the far party says, at `rate` Hz, played a little later; silence while it says nothing."""

    def __init__(self, ring: SampleRing, rate: int) -> None:
        self.rate = rate
        self.lost = False
        """The device has gone: nothing is heard any more."""
        self._ring = ring

    @property
    def underruns(self) -> int:
        """Times that there was nothing to play in the middle of a call."""
        return self._ring.underruns

    def play(self, samples: array[int]) -> None:
        """Play these after those before. Never waits: of too many the oldest are dropped."""
        self._ring.put(samples.tobytes())

    def wanted(self, data: Any, frames: int, time: object, status: object) -> None:
        """The library calls this on a thread of its own, with a buffer to be filled."""
        data[:] = self._ring.take(frames)

    def gone(self) -> None:
        """The library calls this when the stream is over."""
        self.lost = True


@contextmanager
def open_speaker(rate: int, device: str | None = None) -> Iterator[Speaker]:
    """A speaker at `rate` Hz; `device` is a part of a device's name, or its number. SpeakerError if there is none.

    At the end it waits until all is heard; after an error it falls silent at once.
    """
    sound = load("play")
    stream = open_stream(sound, "RawOutputStream", rate, device, "sound device")
    edge = pcm.silence(int(_EDGE_S * rate))
    try:
        with failures(sound, "sound device"):
            stream.start()
            stream.write(edge)
            yield Speaker(stream)
            stream.write(edge)
            stream.stop()
    finally:
        # Of a stream that was stopped above, nothing is left to abort.
        stream.close()


@contextmanager
def open_player(rate: int, device: str | None = None) -> Iterator[Player]:
    """A loudspeaker for a call at `rate` Hz, 8000 or 16000; `device` as above. SpeakerError if there is none.

    At the end it falls silent at once.
    """
    sound = load("use a loudspeaker")
    player = Player(SampleRing(rate * LEAD_MS // 1000, rate * LIMIT_MS // 1000), rate)
    callbacks = {"callback": player.wanted, "finished_callback": player.gone}
    block = rate * BLOCK_MS // 1000
    stream = open_stream(sound, "RawOutputStream", rate, device, "sound device", blocksize=block, **callbacks)
    try:
        with failures(sound, "sound device"):
            stream.start()
        yield player
    finally:
        stream.close()
