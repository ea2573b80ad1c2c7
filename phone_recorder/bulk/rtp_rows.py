"""RTP packets as rows of bytes: the fixed header (RFC 3550 section 5.1) of thousands, written and read at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phone_recorder.wire.rtp import HEADER_SIZE, SEQUENCE_MASK, TIMESTAMP_MASK, VERSION

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.integer]

PLAIN = VERSION << 6
"""The first byte of a header without padding, extension and contributing sources."""

_HEADER = np.dtype(
    [("first", "u1"), ("second", "u1"), ("sequence", ">u2"), ("timestamp", ">u4"), ("ssrc", ">u4")],
)


class Fields(NamedTuple):
    """Of n packets. `first` is version, padding, extension and count of sources, as they lie there; the rest is plain.

    Numbers are int64, so that differences of them do not wrap by themselves.
    """

    first: Bytes
    payload_type: Bytes
    marker: NDArray[np.bool_]
    sequence: NDArray[np.int64]
    timestamp: NDArray[np.int64]
    ssrc: NDArray[np.int64]


def write_headers(
    out: Bytes,
    payload_types: int | Numbers,
    sequences: int | Numbers,
    timestamps: int | Numbers,
    ssrcs: int | Numbers,
    markers: bool | NDArray[np.bool_] = False,
) -> None:
    """Plain headers into the first 12 bytes of the rows of `out` [n, 12 or more]; counters are cut to their width."""
    headers = _headers(out)
    headers["first"] = PLAIN
    headers["second"] = np.bitwise_or(np.left_shift(markers, 7, dtype=np.uint8), payload_types)
    headers["sequence"] = np.bitwise_and(sequences, SEQUENCE_MASK)
    headers["timestamp"] = np.bitwise_and(timestamps, TIMESTAMP_MASK)
    headers["ssrc"] = ssrcs


def fields(data: Bytes) -> Fields:
    """What stands in the first 12 bytes of the rows of `data` [n, 12 or more], whether they are RTP or not."""
    headers = _headers(data)
    second: Bytes = headers["second"]
    return Fields(
        headers["first"].copy(),
        np.bitwise_and(second, 0x7F),
        second > 0x7F,
        headers["sequence"].astype(np.int64),
        headers["timestamp"].astype(np.int64),
        headers["ssrc"].astype(np.int64),
    )


def _headers(rows: Bytes) -> NDArray[np.void]:
    """A view of them. ValueError if rows are shorter than a header, or their bytes do not lie side by side."""
    if rows.ndim != 2 or rows.shape[1] < HEADER_SIZE:
        raise ValueError(f"rows of shape {rows.shape} hold no RTP headers of {HEADER_SIZE} bytes")
    return rows[:, :HEADER_SIZE].view(_HEADER)[:, 0]
