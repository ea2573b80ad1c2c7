"""recvmmsg(2) into numpy memory: message headers whose pointers are filled in once, and read by the column after."""

from __future__ import annotations

import ctypes
import socket
import sys
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phone_recorder.adapters.batches.batch import NAME_SIZE, WIDTH
from phone_recorder.adapters.batches.receiver_clock import NO_STAMP
from phone_recorder.errors import UsageError

ROWS = 2048
"""Datagrams of a batch. More of them would not fit the caches of a core, fewer cost more numpy calls a datagram."""
HEADER_SIZE = 64
"""sizeof(struct mmsghdr) of 64-bit Linux."""

_MMSGHDR = np.dtype(
    {
        "names": ["name", "name_size", "iov", "iov_count", "control", "control_size", "flags", "size"],
        "offsets": [0, 8, 16, 24, 32, 40, 48, 56],
        "formats": ["u8", "u4", "u8", "u8", "u8", "u8", "u4", "u4"],
        "itemsize": HEADER_SIZE,
    }
)
_IOVEC = np.dtype([("base", "u8"), ("size", "u8")])
STAMP_SIZE = 32
"""A cmsghdr and a timespec: SO_TIMESTAMPNS is the only control message that is asked for."""
_STAMP = np.dtype({"names": ["s", "ns"], "offsets": [16, 24], "formats": ["i8", "i8"], "itemsize": STAMP_SIZE})
_NAME_ROOM = 32
_SIDE_SIZE = _NAME_ROOM + STAMP_SIZE

# PyDLL keeps Python's lock: to hand it to a busy thread at each of thousands of short calls would cost 5 ms a call.
_libc = ctypes.PyDLL(None, use_errno=True)
recvmmsg = _libc.recvmmsg
recvmmsg.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p)
recvmmsg.restype = ctypes.c_int


class Columns(NamedTuple):
    """What the kernel wrote of the first n messages."""

    stamps: NDArray[np.int64]
    """[n] ns of the system time, or NO_STAMP."""
    sizes: NDArray[np.int32]
    data: NDArray[np.uint8]
    sources: NDArray[np.uint8]


class Messages:
    """Room for `rows` datagrams of `width` bytes: headers, addresses, time stamps and data."""

    def __init__(self, rows: int = ROWS, width: int = WIDTH) -> None:
        if sys.maxsize < 1 << 32:
            raise UsageError("receiving in batches needs a 64-bit Python")
        self._width = width
        self._data = np.zeros((rows, stride(width)), np.uint8)
        self._sides = np.zeros((rows, _SIDE_SIZE), np.uint8)
        self._iovecs = np.zeros(rows, _IOVEC)
        self._headers = np.zeros(rows, _MMSGHDR)
        self._stamps = self._sides[:, _NAME_ROOM:].view(_STAMP)[:, 0]
        self._point()

    @property
    def rows(self) -> int:
        return len(self._headers)

    @property
    def address(self) -> int:
        """Where the headers begin, HEADER_SIZE bytes each."""
        return int(self._headers.ctypes.data)

    def columns(self, count: int) -> Columns:
        """The first `count` messages, which the kernel has filled in; their headers are then as they were before."""
        headers, stamps = self._headers[:count], self._stamps[:count]
        stamped = headers["control_size"] >= STAMP_SIZE
        sizes = np.where(headers["flags"] & socket.MSG_TRUNC, 0, headers["size"]).astype(np.int32)
        self._reset(headers)
        return Columns(
            np.where(stamped, stamps["s"] * 1_000_000_000 + stamps["ns"], NO_STAMP),
            sizes,
            self._data[:count, : self._width],
            self._sides[:count, :NAME_SIZE],
        )

    def _point(self) -> None:
        rows = np.arange(self.rows, dtype=np.uint64)
        self._iovecs["base"] = _addresses(self._data, rows)
        self._iovecs["size"] = self._width
        self._headers["name"] = _addresses(self._sides, rows)
        self._headers["iov"] = _addresses(self._iovecs, rows)
        self._headers["iov_count"] = 1
        self._headers["control"] = self._headers["name"] + np.uint64(_NAME_ROOM)
        self._reset(self._headers)

    @staticmethod
    def _reset(headers: NDArray[np.void]) -> None:
        # The kernel writes the sizes that it used over those that it was given.
        headers["name_size"] = NAME_SIZE
        headers["control_size"] = STAMP_SIZE


def stride(width: int) -> int:
    """Bytes from row to row: whole cache lines, but an odd number of them, as rows should not share cache sets."""
    return (-(-width // 64) | 1) * 64


def _addresses(rows: NDArray[np.generic], numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return np.uint64(rows.ctypes.data) + numbers * np.uint64(rows.strides[0])
