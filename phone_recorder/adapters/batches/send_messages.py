"""The arrays that sendmmsg(2) reads, in numpy memory: a vector for each packet, a message for each run of packets.

Pointers are numbers, so an array of them is arithmetic on the address of what they point into. Whoever fills the
arrays keeps packets and addresses alive, and where they are, until they were sent.
"""

from __future__ import annotations

import ctypes
import socket
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phone_recorder.adapters.batches.send_routes import SOCKADDR_SIZE, Routes

ROOM = 1024
"""Messages of one call (UIO_MAXIOV); the kernel takes no more."""
MOST_SEGMENTS = 64
"""Of one message: UDP_MAX_SEGMENTS of kernels up to 6.8; later ones take 128."""
MOST_BYTES = 65_507
"""Of one message: what an IPv4 datagram can carry."""

SOL_UDP = 17
UDP_SEGMENT = 103

_IOVEC = np.dtype([("base", np.uintp), ("size", np.uintp)])
_MSGHDR = np.dtype(
    [
        ("name", np.uintp),
        ("name_size", np.uint32),
        ("vectors", np.uintp),
        ("vector_count", np.uintp),
        ("control", np.uintp),
        ("control_size", np.uintp),
        ("flags", np.int32),
    ],
    align=True,
)
_MMSGHDR = np.dtype([("header", _MSGHDR), ("sent", np.uint32)], align=True)
_SEGMENT_SIZE = np.dtype(
    [("length", np.uintp), ("level", np.int32), ("type", np.int32), ("size", np.uint16)], align=True
)
"""A control message of cmsg(3): CMSG_SPACE(2) bytes, of which CMSG_LEN(2) count."""


class Messages:
    """Room for ROOM packets and as many messages."""

    def __init__(self) -> None:
        self._vectors = np.zeros(ROOM, _IOVEC)
        self._messages = np.zeros(ROOM, _MMSGHDR)
        self._controls = np.zeros(ROOM, _SEGMENT_SIZE)
        self._controls["length"] = _control_length()
        self._controls["level"] = SOL_UDP
        self._controls["type"] = UDP_SEGMENT
        self._rows = np.arange(ROOM, dtype=np.uintp)
        self._sendmmsg = _sendmmsg()

    def fill(
        self,
        packets: NDArray[np.uint8],
        sizes: NDArray[np.int64],
        routes: NDArray[np.int64],
        firsts: NDArray[np.int64],
        to: Routes,
    ) -> None:
        """Packets [n, width], of these sizes, as messages that begin with the packets `firsts`, the first of them 0."""
        count, messages = len(packets), len(firsts)
        vectors, headers = self._vectors[:count], self._messages["header"][:messages]
        vectors["base"] = self._rows[:count] * packets.strides[0] + packets.ctypes.data
        vectors["size"] = sizes
        targets = routes[firsts]
        headers["name"] = targets * SOCKADDR_SIZE + to.sockaddrs.ctypes.data
        headers["name_size"] = to.sizes[targets]
        headers["vectors"] = firsts * _IOVEC.itemsize + self._vectors.ctypes.data
        if messages == count:
            headers["vector_count"], headers["control"], headers["control_size"] = 1, 0, 0
        else:
            self._segment(headers, np.diff(firsts, append=count), sizes[firsts])

    def send(self, port: socket.socket, start: int, stop: int) -> int:
        """How many messages from `start` on the kernel took in one go; OSError if it refused the first of them."""
        at = self._messages.ctypes.data + start * _MMSGHDR.itemsize
        sent = int(self._sendmmsg(port.fileno(), at, stop - start, socket.MSG_DONTWAIT))
        if sent < 0:
            code = ctypes.get_errno()
            raise OSError(code, "")
        return sent

    def _segment(self, headers: NDArray[np.void], counts: NDArray[np.int64], sizes: NDArray[np.int64]) -> None:
        many = counts > 1
        headers["vector_count"] = counts
        self._controls["size"][: len(headers)] = sizes
        controls = self._rows[: len(headers)] * _SEGMENT_SIZE.itemsize + self._controls.ctypes.data
        headers["control"] = np.where(many, controls, 0)
        headers["control_size"] = np.where(many, _SEGMENT_SIZE.itemsize, 0)


def first_packets(sizes: NDArray[np.int64], routes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The packets with which messages begin, where neighbours of one size and destination share a message."""
    count = len(sizes)
    begins = np.ones(count, np.bool_)
    begins[1:] = (sizes[1:] != sizes[:-1]) | (routes[1:] != routes[:-1])
    runs = np.flatnonzero(begins)
    if len(runs) == count:
        return runs
    within = np.arange(count) - np.repeat(runs, np.diff(runs, append=count))
    # An empty datagram is no segment: a segment size of 0 means that there are none.
    most = np.where(sizes > 0, np.minimum(MOST_BYTES // np.maximum(sizes, 1), MOST_SEGMENTS), 1)
    return np.flatnonzero(within % np.maximum(most, 1) == 0)


def _control_length() -> int:
    fields = _SEGMENT_SIZE.fields
    return fields["size"][1] + 2 if fields else 0


def _sendmmsg() -> Any:
    function = ctypes.CDLL(None, use_errno=True).sendmmsg
    function.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int)
    function.restype = ctypes.c_int
    return function
