"""Two sides of any kind mixed sample by sample: what has G.722 in it, or a WAV file of samples, at any rate.

The rule is `media.mixing.PayloadMixer`'s: both decoded to 8 kHz, or to 16 kHz where wide band goes to wide band; added,
saturated, encoded. From payloads come the bytes that it makes of them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from phone_recorder.adapters.audio_files import open_pcm
from phone_recorder.bulk.offline.sides import Side
from phone_recorder.bulk.offline.target import Target
from phone_recorder.media import pcm
from phone_recorder.media.codecs import encoder
from phone_recorder.wire.rtp import CLOCK_RATE

_PIECE = 19_200
"""Units of 1/8000 s that are mixed at a time: whole packets of every length."""


def mix_samples(a: Side, b: Side, target: Target, shortest: bool = False) -> Iterator[bytes]:
    """The mix, encoded for its target, the last packet of a record file filled up with silence.

    What is wrong with a side's file is raised here, before anything is made.
    """
    sides = _Samples(a, target.rate), _Samples(b, target.rate)
    return _encoded(_mixed(*sides, _PIECE * target.rate // CLOCK_RATE, shortest), target)


class _Samples:
    """The samples of one side, as many at a time as are asked for."""

    def __init__(self, side: Side, rate: int) -> None:
        # A recording of nothing is one of silence here, and no error.
        self._pieces = open_pcm(side.path, rate) if side.length else iter(())
        self._held = array("h")

    def take(self, count: int) -> array[int]:
        """So many; fewer only at the end."""
        while len(self._held) < count and (piece := next(self._pieces, None)):
            self._held += piece
        taken, self._held = self._held[:count], self._held[count:]
        return taken


def _mixed(a: _Samples, b: _Samples, count: int, shortest: bool) -> Iterator[array[int]]:
    length = count
    while length == count:
        here, there = a.take(count), b.take(count)
        length = (min if shortest else max)(len(here), len(there))
        yield pcm.mix(_of_length(here, length), _of_length(there, length))


def _of_length(samples: array[int], length: int) -> array[int]:
    return samples[:length] + pcm.silence(length - len(samples))


def _encoded(pieces: Iterator[array[int]], target: Target) -> Iterator[bytes]:
    if target.codec is None:
        yield from map(array.tobytes, pieces)
        return
    encoding = encoder(target.codec, target.rate)
    frame = target.frame * target.rate // CLOCK_RATE
    for piece in pieces:
        yield encoding.encode(piece + pcm.silence(-len(piece) % frame))
