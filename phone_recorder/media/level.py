"""How loud a payload is."""

from __future__ import annotations

import math
from functools import cache

from phone_recorder.media import codecs, g711
from phone_recorder.wire.payload import G722, Codec

FULL_SCALE = 1 << 15


def level_db(codec: Codec, payload: bytes) -> float | None:
    """The root mean square in dB below full scale (0 is a square wave at full scale); None for digital silence.

    Of G.722 a payload alone is decoded, which is near enough for a meter.
    """
    power = _power(codec, payload) / (len(payload) or 1)
    return 10 * math.log10(power / FULL_SCALE**2) if power else None


def _power(codec: Codec, payload: bytes) -> int:
    if codec is not G722:
        return sum(map(_squares(codec).__getitem__, payload))
    return sum(sample * sample for sample in codecs.decoder(codec, 8000).decode(payload))


@cache
def _squares(codec: Codec) -> tuple[int, ...]:
    """The square of each code's sample."""
    return tuple(sample * sample for sample in g711.decode_table(codec))
