"""Samples of any length to payloads of one."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

from phone_recorder.media.codecs import encoder
from phone_recorder.media.pcm import silence
from phone_recorder.wire.payload import BYTES_PER_MS, Codec


def encode(chunks: Iterable[array[int]], codec: Codec, frame: int) -> Iterator[bytes]:
    """Samples at the codec's rate as payloads of `frame` bytes, the last one filled up with silence."""
    encoding = encoder(codec, codec.sample_rate)
    size = frame * codec.sample_rate // (1000 * BYTES_PER_MS)
    held = array("h")
    for chunk in chunks:
        held += chunk
        whole = len(held) - len(held) % size
        for start in range(0, whole, size):
            yield encoding.encode(held[start : start + size])
        held = held[whole:]
    if held:
        yield encoding.encode(held + silence(size - len(held)))
