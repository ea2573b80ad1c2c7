"""Datagrams put onto an interface as whole frames, for less than half of what sending them costs.

A sender on one core is else the limit before the recorder is. On loopback only a packet ring, ours or tcpdump's, sees
them: the kernel drops them after it has, as their source is an address of loopback that no route has led from.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct

import numpy as np
from numpy.typing import NDArray

from phone_recorder.adapters.batches.send import BatchSender
from phone_recorder.adapters.udp import Address

ROOM = 4096
"""Packets of one call, at most."""
PAYLOAD = 172
"""RTP of 20 ms, G.711."""
AT_ONCE = 1024

ETHERNET = bytes(12) + b"\x08\x00"
"""What a frame on loopback begins with."""
_IP = struct.Struct("!BBHHHBBH4s4s")
_UDP = struct.Struct("!4H")
_HEAD = len(ETHERNET) + _IP.size + _UDP.size
_MMSGHDR = np.dtype({"names": ["iov", "count"], "offsets": [16, 24], "formats": ["u8", "u8"], "itemsize": 64})
_IOVEC = np.dtype([("base", "u8"), ("size", "u8")])
_libc = ctypes.CDLL(None, use_errno=True)


class FrameSender(BatchSender):
    """A BatchSender whose port is the source of frames that are made here. Needs CAP_NET_RAW."""

    def __init__(self, host: str = "127.0.0.1", link: str = "lo", ethernet: bytes = ETHERNET) -> None:
        super().__init__(host)
        self._ethernet = ethernet
        self._link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self._link.bind((link, 0))
        self._heads = np.zeros((0, _HEAD), np.uint8)
        self._frames = np.zeros((ROOM, _HEAD + PAYLOAD), np.uint8)
        self._iovecs = np.zeros(ROOM, _IOVEC)
        self._iovecs["base"] = self._frames.ctypes.data + np.arange(ROOM) * self._frames.shape[1]
        self._iovecs["size"] = self._frames.shape[1]
        self._messages_of = np.zeros(ROOM, _MMSGHDR)
        self._messages_of["iov"] = self._iovecs.ctypes.data + np.arange(ROOM) * _IOVEC.itemsize
        self._messages_of["count"] = 1

    def route(self, address: Address) -> int:
        number = super().route(address)
        if number >= len(self._heads):
            self._heads = np.resize(self._heads, (max(1024, 2 * number), _HEAD))
        self._heads[number] = np.frombuffer(self._ethernet + head(self.address, address), np.uint8)
        return number

    def send(self, packets: NDArray[np.uint8], sizes: int | NDArray[np.int32], routes: NDArray[np.int32]) -> int:
        count = len(packets)
        self._frames[:count, :_HEAD] = self._heads[routes]
        self._frames[:count, _HEAD:] = packets
        done = 0
        while done < count:
            at = self._messages_of.ctypes.data + done * _MMSGHDR.itemsize
            gone = _libc.sendmmsg(self._link.fileno(), ctypes.c_void_p(at), min(count - done, AT_ONCE), 0)
            if gone < 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
            done += gone
        self.sent += count
        return count

    def close(self) -> None:
        self._link.close()
        super().close()


def head(source: Address, target: Address) -> bytes:
    """IPv4 (RFC 791 section 3.1), and UDP without a checksum (RFC 768)."""
    hosts = socket.inet_aton(source[0]), socket.inet_aton(target[0])
    size = _UDP.size + PAYLOAD
    plain = _IP.pack(0x45, 0, _IP.size + size, 0, 0x4000, 64, socket.IPPROTO_UDP, 0, *hosts)
    total = sum(struct.unpack("!10H", plain))
    checksum = ~(total % 0xFFFF) & 0xFFFF
    ip = _IP.pack(0x45, 0, _IP.size + size, 0, 0x4000, 64, socket.IPPROTO_UDP, checksum, *hosts)
    return ip + _UDP.pack(source[1], target[1], size, 0)
