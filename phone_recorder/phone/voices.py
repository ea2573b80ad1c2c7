"""Voices as payloads: a tone, silence, or samples from somewhere, cut into packets and encoded."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import cycle, repeat
from math import pi, sin

from phone_recorder.media.g711 import LAWS
from phone_recorder.media.packets import encode
from phone_recorder.wire.payload import Codec

TONE_LEVEL = 8000
"""Peak of a tone, 12 dB under full scale: two of them never clip."""
TURN_S = 1


def tone(hertz: int, rate: int, turn: int | None = None) -> array[int]:
    """Two seconds of a tone that can be repeated without a seam; `turn` 0 or 1 speaks in that second alone."""
    samples = range(2 * TURN_S * rate)
    return array(
        "h",
        [
            round(TONE_LEVEL * sin(2 * pi * hertz * n / rate)) if turn is None or n // (TURN_S * rate) == turn else 0
            for n in samples
        ],
    )


def repeated(chunks: Iterable[array[int]], codec: Codec, frame: int) -> Iterator[bytes]:
    """The samples over and over, as payloads. What holds no state may repeat its payloads; G.722 would click there."""
    if codec in LAWS:
        return cycle(encode(chunks, codec, frame))
    return encode(cycle(chunks), codec, frame)


def then_silence(payloads: Iterable[bytes], codec: Codec, frame: int) -> Iterator[bytes]:
    """The payloads once, then silence: a party that has said all goes on sending."""
    yield from payloads
    yield from repeat(codec.silence(frame))
