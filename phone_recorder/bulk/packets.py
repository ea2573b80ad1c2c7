"""What the headers of many RTP packets say, as arrays (RFC 3550 section 5.1)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from phone_recorder.bulk.columns import Bytes, Flags, Ints, Rows
from phone_recorder.wire.rtp import HEADER_SIZE, VERSION

_HEADER = np.dtype([("flags", "u1"), ("type", "u1"), ("sequence", ">u2"), ("timestamp", ">u4"), ("ssrc", ">u4")])
_PLAIN = VERSION << 6


class Packets(NamedTuple):
    """Datagrams, those of one row one after another, rows in order, in each as they came.

    Each is row `at` of `data`, which is [any, width], and has `sizes` bytes there.
    """

    rows: Rows
    arrivals: Ints
    sizes: Ints
    at: Ints
    data: Bytes

    def of(self, which: Flags | Ints) -> Packets:
        """Some of them."""
        return Packets(self.rows[which], self.arrivals[which], self.sizes[which], self.at[which], self.data)

    def payloads(self, size: int, which: Flags | Ints | slice) -> np.typing.NDArray[np.void]:
        """What follows the headers of some of them: `size` bytes as one thing each."""
        found, at = self.data[:, HEADER_SIZE : HEADER_SIZE + size].view(f"V{size}")[:, 0], self.at[which]
        if len(at) and at[-1] - at[0] == len(at) - 1 and (np.diff(at) == 1).all():
            # As they are read from ports one after another: nothing is copied then.
            return found[at[0] : at[-1] + 1]
        return found[at]


class Headers(NamedTuple):
    """Of each packet; `plain`: it has `frame` bytes of payload, and nothing in its header but these.

    One that is too short for a header has what an earlier one had there, and is not plain.
    """

    plain: Flags
    types: Ints
    numbers: Ints
    timestamps: Ints
    ssrcs: Ints

    def of(self, which: Flags | Ints) -> Headers:
        """Some of them."""
        plain, *numbers = self
        return Headers(plain[which], *(column[which] for column in numbers))


def words(packets: Packets) -> np.typing.NDArray[np.uint32]:
    """[n, 3] the headers, 32 bits each; one that is too short has what an earlier one had there."""
    return _heads(packets).view(">u4").reshape(-1, 3).astype(np.uint32)


def headers(packets: Packets, frame: int) -> Headers:
    heads = _heads(packets).view(_HEADER)
    plain = (heads["flags"] == _PLAIN) & (packets.sizes == HEADER_SIZE + frame)
    names = ("sequence", "timestamp", "ssrc")
    return Headers(plain, heads["type"] & 0x7F, *(heads[name].astype(np.int64) for name in names))


def _heads(packets: Packets) -> np.typing.NDArray[np.void]:
    """[n] copies of the headers."""
    return packets.data[:, :HEADER_SIZE].view(f"V{HEADER_SIZE}")[:, 0][packets.at]
