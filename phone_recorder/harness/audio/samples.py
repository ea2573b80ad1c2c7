"""Payloads as samples in numpy, and the arithmetic that all ears share. Samples are int16 at 8 kHz: one a unit."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from phone_recorder.media import codecs, g711
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.payload import Codec

Samples = NDArray[np.int16]
Wave = NDArray[np.float32]
Span = tuple[int, int]
"""From and to."""


def decoded(codec: Codec, payload: bytes) -> Samples:
    """The samples of a whole stream's payloads, joined; of G.722 by one decoder, straight to 8 kHz."""
    if codec in g711.LAWS:
        return _decode_table(codec)[np.frombuffer(payload, np.uint8)]
    return as_samples(codecs.decoder(codec, SECOND).decode(payload))


def coded(codec: Codec, samples: Samples) -> Samples:
    """What is left of samples that go through that codec and come back, as `media.g711` rounds them."""
    if codec in g711.LAWS:
        return _decode_table(codec)[_encode_table(codec)[samples.view(np.uint16)]]
    return decoded(codec, codecs.encoder(codec, SECOND).encode(array("h", samples.tobytes())))


def as_samples(pcm: Iterable[int]) -> Samples:
    """Samples of an `array("h")`."""
    return np.array(pcm, np.int16)


def cut(samples: Samples, start: int, end: int) -> Samples:
    """From one place to another, silence where there is nothing: before 0, and after the last."""
    before, after = max(min(-start, end - start), 0), max(end - max(len(samples), start), 0)
    inside = samples[max(start, 0) : max(end, 0)]
    return np.pad(inside, (before, after)) if before or after else inside


def without(samples: Samples, spans: Iterable[Span]) -> Samples:
    """The same with silence in these places, from and to."""
    line = samples.copy()
    for start, end in spans:
        line[max(start, 0) : max(end, 0)] = 0
    return line


def touching(spans: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    """Those of some spans, in order and apart from each other, that have a part between these places."""
    for number in range(bisect_right(spans, start, key=itemgetter(1)), len(spans)):
        if spans[number][0] >= end:
            return
        yield spans[number]


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same places as spans in order and apart from each other."""
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def pieces(start: int, end: int, size: int) -> Iterator[Span]:
    """From `start` to `end` in pieces of `size`, the last one shorter."""
    for begin in range(start, end, size):
        yield begin, min(begin + size, end)


@cache
def _decode_table(law: Codec) -> Samples:
    return as_samples(g711.decode_table(law))


@cache
def _encode_table(law: Codec) -> NDArray[np.uint8]:
    # Indexed by the sample's 16 bits without a sign: a negative one stands where it wraps to.
    return np.frombuffer(g711.encode_table(law), np.uint8)
