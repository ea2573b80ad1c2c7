"""Two G.711 payloads to one by a single look-up a sample, in numpy: the rule of `media.mixing`, for hours of audio.

The table of `media.mixing` takes as long to build as an hour to mix; here the rule itself is one of arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phone_recorder.media import g711, pcm
from phone_recorder.wire.payload import PCMU, Codec

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SEGMENTS = 256 << np.arange(7)
"""Where each segment of G.711 but the first begins."""


class Gather:
    """Mixes payloads of the laws `a` and `b`, at most `most` bytes of each.

    To payloads of the law `out`, or to 16-bit samples, little endian, if it is None. What is returned lasts until
    something is asked for again.
    """

    def __init__(self, a: Codec, b: Codec, out: Codec | None, most: int) -> None:
        self._table = mix_table(a, b, out)
        self._alone = [_coded(_samples(law), out) for law in (a, b)]
        self._mixed = np.empty(most, self._table.dtype)
        # Indices of any other width would be converted by take() first, and another mode would look through them.
        self._pairs = np.zeros(most, "<i8")
        octets = self._pairs.view(np.uint8).reshape(most, 8)
        self._b, self._a = octets[:, 0], octets[:, 1]

    def both(self, a: memoryview, b: memoryview) -> memoryview:
        """The mix of two payloads of one length."""
        size = len(a)
        self._a[:size] = np.frombuffer(a, np.uint8)
        self._b[:size] = np.frombuffer(b, np.uint8)
        mixed = self._mixed[:size]
        self._table.take(self._pairs[:size], out=mixed, mode="wrap")
        return mixed.data.cast("B")

    def alone(self, side: int, payload: memoryview) -> bytes:
        """One of side 0 or 1 beside which nothing is heard."""
        return self._alone[side].take(np.frombuffer(payload, np.uint8)).tobytes()


def mix_table(a: Codec, b: Codec, out: Codec | None) -> NDArray[np.uint8] | NDArray[np.int16]:
    """`table[code_a << 8 | code_b]` is the code of the mix in the law `out`, or its sample if that is None."""
    sums = _samples(a)[:, np.newaxis] + _samples(b)
    return _coded(np.clip(sums, pcm.PCM_MIN, pcm.PCM_MAX).ravel(), out)


def encode(law: Codec, samples: NDArray[np.int32]) -> NDArray[np.uint8]:
    """The codes of 16-bit samples, each as `g711.encode` has it."""
    return (_encode_mulaw if law is PCMU else _encode_alaw)(samples).astype(np.uint8)


def _samples(law: Codec) -> NDArray[np.int32]:
    return np.array(g711.decode_table(law), np.int32)


def _coded(samples: NDArray[np.int32], out: Codec | None) -> NDArray[np.uint8] | NDArray[np.int16]:
    return samples.astype("<i2") if out is None else encode(out, samples)


def _encode_mulaw(samples: NDArray[np.int32]) -> NDArray[np.int32]:
    rounded = np.minimum(samples + 2 >> 2, 0x1FFF) << 2
    biased = np.minimum(abs(rounded), 0x7FFF - 0x84) + 0x84
    segment = np.searchsorted(_SEGMENTS, biased, "right")
    codes: NDArray[np.int32] = (np.where(rounded < 0, 0x80, 0) | segment << 4 | biased >> segment + 3 & 0x0F) ^ 0xFF
    return codes


def _encode_alaw(samples: NDArray[np.int32]) -> NDArray[np.int32]:
    rounded = np.minimum(samples + 4 >> 3, 0xFFF) << 3
    magnitude = np.where(rounded >= 0, rounded, ~rounded)
    segment = np.searchsorted(_SEGMENTS, magnitude, "right")
    sign, step = np.where(rounded >= 0, 0x80, 0), magnitude >> np.maximum(segment, 1) + 3 & 0x0F
    codes: NDArray[np.int32] = (sign | segment << 4 | step) ^ 0x55
    return codes
