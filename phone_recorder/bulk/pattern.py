"""Audio that tells where it belongs: each frame of each flow has bytes of its own, which anybody can work out again.

A frame begins with its flow and its number; the rest is a piece of one fixed line of noise, at a place that is drawn
from both by a hash. So every frame of every file of a load run can be checked, and one at a wrong place says whose
it is. All codes are of the four lowest segments of either law: 24 dB below full scale, and no two of them saturate.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from phone_recorder.media.mixing import mix_table
from phone_recorder.wire.payload import Codec

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]

LABEL_SIZE = 9
"""Bytes with which a frame says what it is: seven bits each, a flow below 2**31 and a frame below 2**32."""
FRAME_BITS = 32
LONGEST = 960
"""Bytes of a frame at most: 120 ms."""

_PLACES = 1 << 16
_SHIFTS = np.arange(7 * (LABEL_SIZE - 1), -1, -7)
_CODES = np.array([code for code in range(256) if code & 0x40], np.uint8)
"""Bit 6 is set in segments 0 to 3 of PCMU, which inverts all bits, and of PCMA, which inverts every other one."""
_ODD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93))
"""Multipliers of the hash, which spread neighbours far apart."""


def pattern(flows: Numbers, frames: Numbers, size: int) -> Bytes:
    """The frames [n, size] of these flows and numbers; `size` is from LABEL_SIZE to LONGEST bytes, or ValueError."""
    if not LABEL_SIZE <= size <= LONGEST:
        raise ValueError(f"a frame of {size} bytes holds no pattern: {LABEL_SIZE} to {LONGEST} do")
    numbers: Numbers = np.asarray(flows, np.int64) << FRAME_BITS | np.asarray(frames, np.int64)
    out: Bytes = _windows(size)[_place(numbers)]
    out[:, :LABEL_SIZE] = _CODES[(numbers[:, np.newaxis] >> _SHIFTS) & 0x7F]
    return out


def find(payloads: Bytes) -> tuple[Numbers, Numbers]:
    """Flow and frame of each of the payloads [n, size]; both -1 where it is not, byte for byte, what they would say."""
    bits = _bits()[payloads[:, :LABEL_SIZE]]
    numbers: Numbers = np.bitwise_or.reduce(bits << _SHIFTS, axis=1)
    flows, frames = numbers >> FRAME_BITS, numbers & (1 << FRAME_BITS) - 1
    wrong = (pattern(flows, frames, payloads.shape[1]) != payloads).any(axis=1)
    flows[wrong] = frames[wrong] = -1
    return flows, frames


def expected(a: Bytes, b: Bytes, codecs: tuple[Codec, Codec], out: Codec) -> Bytes:
    """The mix of two streams' bytes of one shape, each in its own law, in the law `out`: media.mixing's rule."""
    pairs = np.left_shift(a, 8, dtype=np.uint16) | b
    return np.take(_mix_codes(*codecs, out), pairs)


@cache
def _line() -> Bytes:
    """The noise that all frames are pieces of."""
    # The generator's own bits, for they alone are the same in every version of numpy: the highest seven of each 64.
    drawn = np.asarray(np.random.PCG64(8000).random_raw(_PLACES + LONGEST), np.uint64)
    line: Bytes = _CODES[drawn >> np.uint64(57)]
    return line


@cache
def _windows(size: int) -> Bytes:
    return np.lib.stride_tricks.sliding_window_view(_line(), size)


@cache
def _bits() -> NDArray[np.int64]:
    """Seven bits of a code; 0 of those that are in no pattern."""
    table = np.zeros(256, np.int64)
    table[_CODES] = np.arange(len(_CODES))
    return table


@cache
def _mix_codes(a: Codec, b: Codec, out: Codec) -> Bytes:
    return np.frombuffer(mix_table(a, b, out), np.uint8)


def _place(numbers: Numbers) -> Numbers:
    spread = numbers.astype(np.uint64) * _ODD[0]
    spread ^= spread >> np.uint64(32)
    spread *= _ODD[1]
    return (spread >> np.uint64(48)).astype(np.int64)
